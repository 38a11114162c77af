%% The published workloads in Erlang: one line per figure, "name value unit".
%% Producers and the asker are processes of the VM, as is natural there. Messages are atoms.
-module(goakt_peer).
-export([main/0]).
-export([scaled/1, report/3, report_ask/4, now_ns/0]).

main() ->
    case init:get_plain_arguments() of
        ["--list"] -> [io:format("~s~n", [Name]) || {Name, _} <- workloads()];
        [Name | Rest] ->
            put(quick, lists:member("--quick", Rest)),
            {Name, Body} = lists:keyfind(Name, 1, workloads()),
            Body(Name)
    end,
    halt(0).

workloads() ->
    [{"tell-1-1", fun(N) -> tell(N, 1, 1, 4000000) end},
     {"tell-2-1", fun(N) -> tell(N, 2, 1, 4000000) end},
     {"tell-2-2", fun(N) -> tell(N, 2, 2, 4000000) end},
     {"tell-fan", fun(N) -> tell(N, 2, 256, 4000000) end},
     {"ask", fun ask/1},
     {"ping-pong", fun ping_pong/1},
     {"spawn-1m", fun spawn_million/1},
     {"remote-tell", fun(N) -> goakt_peer_remote:tell(N, 1) end},
     {"remote-tell-4", fun(N) -> goakt_peer_remote:tell(N, 4) end},
     {"remote-ask", fun goakt_peer_remote:ask/1}].

scaled(Full) ->
    case get(quick) of
        true -> (Full + 19) div 20;
        false -> Full
    end.

report(Name, Value, Unit) ->
    io:format("~s ~.3f ~s~n", [Name, Value * 1.0, Unit]).

now_ns() -> erlang:monotonic_time(nanosecond).

%% Producer P sends in turn to the sinks P, P + Producers, P + 2 Producers, ...
tell(Name, Producers, Sinks, Full) ->
    tell_pass(Producers, Sinks, scaled(Full) div 10),
    report(Name, tell_pass(Producers, Sinks, scaled(Full)), "msg/s").

tell_pass(Producers, Sinks, Total) ->
    Self = self(),
    PerSink = Total div Sinks,
    PerProducer = PerSink * Sinks div Producers,
    Targets = [spawn(fun() -> sink(Self, PerSink) end) || _ <- lists:seq(1, Sinks)],
    Start = now_ns(),
    [spawn(fun() -> send(PerProducer, Mine, Mine) end)
     || P <- lists:seq(0, Producers - 1), Mine <- [share(P, Producers, Targets)]],
    [receive done -> ok end || _ <- Targets],
    PerSink * Sinks * 1000000000 / (now_ns() - Start).

share(P, Producers, Targets) ->
    case length(Targets) < Producers of
        true -> Targets;
        false -> [T || {I, T} <- lists:zip(lists:seq(0, length(Targets) - 1), Targets),
                       I rem Producers =:= P]
    end.

send(0, _, _) -> ok;
send(N, [], All) -> send(N, All, All);
send(N, [Target | Rest], All) ->
    Target ! m,
    send(N - 1, Rest, All).

sink(Parent, 0) -> Parent ! done;
sink(Parent, N) -> receive m -> sink(Parent, N - 1) end.

ask(Name) ->
    Echo = spawn(fun echo/0),
    Count = scaled(200000),
    report_ask(Name, Count, Count div 10, fun() -> ask_once(Echo) end).

%% The mean comes from a loop without clock reads, the percentiles from a second one.
report_ask(Name, Count, Warm, Ask) ->
    times(Ask, Warm),
    Start = now_ns(),
    times(Ask, Count),
    report(Name, (now_ns() - Start) / Count, "ns"),
    Samples = list_to_tuple(lists:sort([timed(Ask) || _ <- lists:seq(1, Count)])),
    report(Name ++ ".p50", element(Count div 2 + 1, Samples), "ns"),
    report(Name ++ ".p99", element(Count * 99 div 100 + 1, Samples), "ns").

echo() ->
    receive {From, Ref} -> From ! Ref, echo() end.

ask_once(Echo) ->
    Ref = make_ref(),
    Echo ! {self(), Ref},
    receive Ref -> ok end.

times(_, 0) -> ok;
times(Ask, N) -> Ask(), times(Ask, N - 1).

timed(Ask) ->
    Start = now_ns(),
    Ask(),
    now_ns() - Start.

ping_pong(Name) ->
    ping_pass(scaled(1000000) div 10),
    Count = scaled(1000000),
    report(Name, ping_pass(Count) / Count, "ns").

ping_pass(Count) ->
    Self = self(),
    B = spawn(fun pong/0),
    Start = now_ns(),
    spawn(fun() -> ping(B, Count), Self ! done end),
    receive done -> now_ns() - Start end.

ping(_, 0) -> ok;
ping(B, N) -> B ! self(), receive pong -> ping(B, N - 1) end.

pong() -> receive From -> From ! pong, pong() end.

spawn_million(Name) ->
    Count = scaled(1000000),
    Before = resident(),
    Start = now_ns(),
    Actors = [spawn(fun() -> idle(0) end) || _ <- lists:seq(1, Count)],
    report(Name, Count * 1000000000 / (now_ns() - Start), "actors/s"),
    timer:sleep(2000),
    report(Name ++ ".rss", (resident() - Before) / Count, "B/actor"),
    Stop = now_ns(),
    [exit(Actor, kill) || Actor <- Actors],
    wait_gone(Actors),
    report(Name ++ ".stop", (now_ns() - Stop) / 1000000000, "s").

idle(State) -> receive N -> idle(State + N) end.

wait_gone([]) -> ok;
wait_gone([Actor | Rest] = All) ->
    case is_process_alive(Actor) of
        true -> timer:sleep(1), wait_gone(All);
        false -> wait_gone(Rest)
    end.

resident() ->
    {ok, Statm} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(binary_to_list(Statm), " \n"),
    list_to_integer(Pages) * 4096.
