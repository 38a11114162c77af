%% The remote workloads: two nodes on loopback, connected by Erlang's distribution; messages are
%% binaries of 64 bytes.
-module(goakt_peer_remote).
-export([tell/2, ask/1]).
-export([sink/1, echo/0]).  % run by the far node

-define(TELLS, 1000000).
-define(ASKS, 20000).

tell(Name, Senders) ->
    Far = start_far(),
    Sink = spawn_link(Far, ?MODULE, sink, [self()]),
    tell_pass(Sink, Senders, goakt_peer:scaled(?TELLS) div 10),
    goakt_peer:report(Name, tell_pass(Sink, Senders, goakt_peer:scaled(?TELLS)), "msg/s").

tell_pass(Sink, Senders, Total) ->
    Each = Total div Senders,
    Sink ! {expect, Each * Senders},
    receive ready -> ok end,
    [spawn_link(fun() -> send(Sink, Each) end) || _ <- lists:seq(1, Senders)],
    receive {took, Nanoseconds} -> (Each * Senders - 1) * 1000000000 / Nanoseconds end.

send(_, 0) -> ok;
send(Sink, N) ->
    Sink ! <<N:64, 0:448>>,
    send(Sink, N - 1).

%% Tells the nanoseconds between the first message that it handles and the last.
sink(Parent) ->
    receive
        {expect, N} ->
            Parent ! ready,
            receive <<_:512>> -> ok end,
            Start = goakt_peer:now_ns(),
            take(N - 1),
            Parent ! {took, goakt_peer:now_ns() - Start},
            sink(Parent)
    end.

take(0) -> ok;
take(N) -> receive <<_:512>> -> take(N - 1) end.

ask(Name) ->
    Echo = spawn_link(start_far(), ?MODULE, echo, []),
    Payload = <<0:512>>,
    goakt_peer:report_ask(Name, goakt_peer:scaled(?ASKS), goakt_peer:scaled(?ASKS), fun() ->
        Ref = make_ref(),
        Echo ! {self(), Ref, Payload},
        receive {Ref, _} -> ok end
    end).

echo() ->
    receive {From, Ref, Payload} -> From ! {Ref, Payload}, echo() end.

%% The far node ends with this one: its standard input is ours.
start_far() ->
    {ok, _} = net_kernel:start('near@127.0.0.1', #{name_domain => longnames}),
    {ok, Folder} = init:get_argument(pa),
    {ok, Far, Node} = peer:start_link(#{
        name => far,
        host => "127.0.0.1",
        longnames => true,
        connection => standard_io,
        args => ["-pa", hd(hd(Folder)), "-start_epmd", "false", "-epmd_module", "goakt_peer_epmd",
                 "-setcookie", atom_to_list(erlang:get_cookie()),
                 "-kernel", "inet_dist_use_interface", "{127,0,0,1}"]}),
    goakt_peer_epmd:far_port(peer:call(Far, goakt_peer_epmd, own_port, [])),
    Node.
