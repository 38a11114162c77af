%% Lets two nodes of a benchmark find each other without Erlang's port mapper daemon, which would
%% stay when they end: each keeps its own port, and the near one is told the far one's.
-module(goakt_peer_epmd).
-export([own_port/0, far_port/1]).
-export([start_link/0, register_node/3, listen_port_please/2, address_please/3, names/1]).

own_port() -> persistent_term:get({?MODULE, own}).

far_port(Port) -> persistent_term:put({?MODULE, far}, Port).

%% What the distribution calls (erl_epmd).

start_link() -> ignore.

register_node(_Name, Port, _Family) ->
    persistent_term:put({?MODULE, own}, Port),
    {ok, rand:uniform(3)}.

listen_port_please(_Name, _Host) -> {ok, 0}.

address_please(_Name, _Host, inet) ->
    Version = 6,  % of the distribution, since OTP 23
    {ok, {127, 0, 0, 1}, persistent_term:get({?MODULE, far}), Version}.

names(_Host) -> {error, address}.
