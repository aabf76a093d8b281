#!/usr/bin/env escript
%%! +S 1:1 +P 4000000 +sbwt none
%% Erlang's rows, on one scheduler: the programs of bench/savina/, message for message, with processes for actors.
%%
%%     escript erlang.escript <case> <scale>
%%
%% Prints numbers by column as JSON.
-mode(compile).

main([Case, Scale]) ->
    Cpu = cpu(),
    Start = now_us(),
    Numbers = run(Case, number(Scale)),
    Cores = (cpu() - Cpu) * 1000 / max(1, now_us() - Start),
    Fields = [io_lib:format("\"~ts\": ~p", [Name, float(Value)]) || {Name, Value} <- Numbers],
    io:format("{\"numbers\": {~ts}, \"cores\": ~p}~n", [lists:join(", ", Fields), Cores]),
    halt(0).

number(Text) ->
    case string:to_float(Text) of
        {error, _} -> float(list_to_integer(Text));
        {Number, _} -> Number
    end.

run("calls", Scale) -> calls(Scale);
run("create", Scale) -> create(scaled(100000, Scale));
run(Case, Scale) ->
    {Size, Passes, Program} = program(Case),
    Count = scaled(Size, Scale),
    pass(Program, ceil(Count / 10)),
    [{"time", median([pass(Program, Count) || _ <- lists:seq(1, Passes)])}].

scaled(Count, Scale) -> max(1, round(Count * Scale)).

pass({Start, Expected}, Size) ->
    Before = now_us(),
    Start(Size),
    check(next(), Expected(Size)),
    (now_us() - Before) / 1000.

next() -> receive {done, Value} -> Value end.

check(Right, Right) -> ok;
check(Found, Right) -> error({cannot_trust_the_row, Found, expected, Right}).

%% ---- programs: {size, passes, {start, expected}}

program("ping-pong") ->
    {100000, 3, {fun(Rounds) ->
        Driver = self(),
        Pong = spawn(fun() -> receive {partner, Ping} -> pong(Ping) end end),
        Ping = spawn(fun() -> receive start -> ping(Pong, Rounds, Rounds, Driver) end end),
        Pong ! {partner, Ping},
        Ping ! start
    end, fun(Rounds) -> Rounds end}};
program("thread ring") ->
    {100000, 3, {fun(Hops) ->
        Driver = self(),
        Nodes = [spawn(fun() -> receive {next, Next} -> ring_node(Index, Next, Driver) end end)
                 || Index <- lists:seq(0, 99)],
        [First | Rest] = Nodes,
        lists:foreach(fun({Node, Next}) -> Node ! {next, Next} end, lists:zip(Nodes, Rest ++ [First])),
        First ! {hop, Hops}
    end, fun(Hops) -> Hops rem 100 end}};
program("counting actor") ->
    {200000, 3, {fun(Messages) ->
        Driver = self(),
        Counter = spawn(fun() -> counter(0, Driver) end),
        spawn(fun() ->
            repeat(Messages, fun(_) -> Counter ! {add, 1} end),
            Counter ! report
        end)
    end, fun(Messages) -> Messages end}};
program("fork-join create") ->
    {40000, 3, {fun(Actors) ->
        Joiner = spawn_joiner(Actors),
        repeat(Actors, fun(I) ->
            spawn(fun() -> receive {work, Value} -> Joiner ! {done, sine(Value)} end end) ! {work, I}
        end)
    end, fun(Actors) -> Actors end}};
program("fork-join throughput") ->
    {4000, 3, {fun(Messages) ->
        Joiner = spawn_joiner(60),
        Workers = [spawn(fun() -> worker(Messages, 0, Joiner) end) || _ <- lists:seq(1, 60)],
        repeat(Messages, fun(I) -> [Worker ! {work, I} || Worker <- Workers] end)
    end, fun(Messages) -> 60 * Messages end}};
program("chameneos") ->
    {100000, 3, {fun(Meetings) ->
        Driver = self(),
        Mall = spawn(fun() -> mall(Meetings, none, 0, 0, Driver) end),
        [spawn(fun() -> creature(I rem 3, 0, Mall) end) || I <- lists:seq(0, 99)]
    end, fun(Meetings) -> 2 * Meetings end}};
program("dining philosophers") ->
    {2000, 3, {fun(Rounds) ->
        Driver = self(),
        Arbiter = spawn(fun() -> arbiter(erlang:make_tuple(20, false), 20, 0, Driver) end),
        [spawn(fun() -> philosopher(Seat, 0, Rounds, Arbiter) end) || Seat <- lists:seq(0, 19)]
    end, fun(Rounds) -> 20 * Rounds end}};
program("bank transactions") ->
    {50000, 3, {fun(Transactions) ->
        Driver = self(),
        Teller = spawn(fun() -> teller(Transactions, Transactions, Driver) end),
        Accounts = list_to_tuple([spawn(fun() -> account(1000, Teller) end) || _ <- lists:seq(1, 1000)]),
        repeat(Transactions, fun(I) ->
            From = (I * 7919) rem 1000,
            To = (From + 1 + (I * 104729) rem 999) rem 1000,
            element(From + 1, Accounts) ! {debit, 1 + I rem 100, element(To + 1, Accounts)}
        end)
    end, fun(Transactions) -> Transactions end}};
program("concurrent dictionary") ->
    {5000, 3, {fun(Messages) ->
        Joiner = spawn_joiner(20),
        Dictionary = spawn(fun() -> dictionary(#{}) end),
        [spawn(fun() -> dictionary_worker(Messages, Seed, 0, Dictionary, Joiner) end) || Seed <- lists:seq(0, 19)]
    end, fun(Messages) -> 20 * Messages end}};
program("skynet") ->
    {1000000, 1, {fun(Leaves) ->
        Driver = self(),
        spawn(fun() -> skynet(depth(Leaves), 0, Driver) end)
    end, fun(Leaves) -> Count = pow10(depth(Leaves)), Count * (Count - 1) div 2 end}}.

ping(Pong, Left, Rounds, Driver) when Left > 0 ->
    Pong ! {ping, 0},
    receive {pong, 0} -> ping(Pong, Left - 1, Rounds, Driver) end;
ping(_Pong, 0, Rounds, Driver) -> Driver ! {done, Rounds}.

pong(Ping) -> receive {ping, Value} -> Ping ! {pong, Value}, pong(Ping) end.

ring_node(Index, Next, Driver) ->
    receive
        {hop, 0} -> Driver ! {done, Index};
        {hop, Hops} -> Next ! {hop, Hops - 1}, ring_node(Index, Next, Driver)
    end.

counter(Count, Driver) ->
    receive
        {add, Value} -> counter(Count + Value, Driver);
        report -> Driver ! {done, Count}
    end.

spawn_joiner(Workers) ->
    Driver = self(),
    spawn(fun() -> joiner(Workers, 0, Driver) end).

joiner(0, Sum, Driver) -> Driver ! {done, Sum};
joiner(Left, Sum, Driver) -> receive {done, Value} -> joiner(Left - 1, Sum + Value, Driver) end.

sine(Value) -> case math:sin(Value) =< 1 of true -> 1; false -> 0 end.

worker(Messages, Messages, Joiner) -> Joiner ! {done, Messages};
worker(Messages, Done, Joiner) -> receive {work, Value} -> worker(Messages, Done + sine(Value), Joiner) end.

mall(Left, Waiting, Gone, Sum, Driver) ->
    receive
        {gone, Value} when Gone =:= 99 -> Driver ! {done, Sum + Value};
        {gone, Value} -> mall(Left, Waiting, Gone + 1, Sum + Value, Driver);
        {meet, _Colour, Creature} when Left =:= 0 ->
            Creature ! closed,
            mall(Left, Waiting, Gone, Sum, Driver);
        {meet, Colour, Creature} when Waiting =:= none -> mall(Left, {Creature, Colour}, Gone, Sum, Driver);
        {meet, Colour, Creature} ->
            {First, FirstColour} = Waiting,
            First ! {met, Colour},
            Creature ! {met, FirstColour},
            mall(Left - 1, none, Gone, Sum, Driver)
    end.

creature(Colour, Meetings, Mall) ->
    Mall ! {meet, Colour, self()},
    receive
        closed -> Mall ! {gone, Meetings};
        {met, Colour} -> creature(Colour, Meetings + 1, Mall);
        {met, Other} -> creature(3 - Colour - Other, Meetings + 1, Mall)
    end.

arbiter(Taken, Left, Meals, Driver) ->
    receive
        {hungry, Seat, Philosopher} ->
            Right = (Seat + 1) rem 20,
            case element(Seat + 1, Taken) orelse element(Right + 1, Taken) of
                true -> Philosopher ! refused, arbiter(Taken, Left, Meals, Driver);
                false -> Philosopher ! eat, arbiter(forks(Taken, Seat, Right, true), Left, Meals, Driver)
            end;
        {full, Seat} -> arbiter(forks(Taken, Seat, (Seat + 1) rem 20, false), Left, Meals, Driver);
        {leaves, Value} when Left =:= 1 -> Driver ! {done, Meals + Value};
        {leaves, Value} -> arbiter(Taken, Left - 1, Meals + Value, Driver)
    end.

forks(Taken, Left, Right, Value) -> setelement(Right + 1, setelement(Left + 1, Taken, Value), Value).

philosopher(_Seat, Rounds, Rounds, Arbiter) -> Arbiter ! {leaves, Rounds};
philosopher(Seat, Meals, Rounds, Arbiter) ->
    Arbiter ! {hungry, Seat, self()},
    receive
        refused -> philosopher(Seat, Meals, Rounds, Arbiter);
        eat -> Arbiter ! {full, Seat}, philosopher(Seat, Meals + 1, Rounds, Arbiter)
    end.

teller(0, Transactions, Driver) -> Driver ! {done, Transactions};
teller(Left, Transactions, Driver) -> receive done -> teller(Left - 1, Transactions, Driver) end.

%% An account that pays leaves other debits in its mailbox, as Erlang does such things.
account(Money, Teller) ->
    receive
        {debit, Amount, To} -> To ! {credit, Amount, self()}, paying(Money - Amount, Teller);
        {credit, Amount, From} -> From ! received, account(Money + Amount, Teller)
    end.

paying(Money, Teller) ->
    receive
        received -> Teller ! done, account(Money, Teller);
        {credit, Amount, From} -> From ! received, paying(Money + Amount, Teller)
    end.

dictionary(Entries) ->
    receive
        {write, Key, Worker} -> Worker ! {value, Key}, dictionary(Entries#{Key => Key});
        {read, Key, Worker} -> Worker ! {value, maps:get(Key, Entries, Key)}, dictionary(Entries)
    end.

dictionary_worker(0, _Key, Right, _Dictionary, Joiner) -> Joiner ! {done, Right};
dictionary_worker(Left, Key, Right, Dictionary, Joiner) ->
    Next = (Key * 25173 + 13849) rem 512,
    Tag = case (Left - 1) rem 10 of 0 -> write; _ -> read end,
    Dictionary ! {Tag, Next, self()},
    receive {value, Next} -> dictionary_worker(Left - 1, Next, Right + 1, Dictionary, Joiner) end.

skynet(0, Number, Parent) -> Parent ! {done, Number};
skynet(Depth, Number, Parent) ->
    Self = self(),
    repeat(10, fun(I) -> spawn(fun() -> skynet(Depth - 1, Number * 10 + I, Self) end) end),
    joiner(10, 0, Parent).

depth(Leaves) -> max(1, round(math:log10(Leaves))).

pow10(0) -> 1;
pow10(Depth) -> 10 * pow10(Depth - 1).

%% ---- calls, and what a process takes

calls(Scale) ->
    Server = spawn(fun() -> server(0) end),
    One = scaled(200000, Scale),
    call_each(Server, One),
    Before = now_us(),
    call_each(Server, One),
    Each = (now_us() - Before) / One,
    Many = 1000 * max(1, scaled(200, Scale)),
    call_windows(Server, Many, 1000),
    Between = now_us(),
    call_windows(Server, Many, 1000),
    Rate = Many * 1000 / (now_us() - Between),
    [{"one at a time", Each}, {"1,000 in flight", Rate}].

server(Count) -> receive {Ref, From, Value} -> From ! {Ref, Value}, server(Count + 1) end.

call_each(_Server, 0) -> ok;
call_each(Server, Left) ->
    Ref = make_ref(),
    Server ! {Ref, self(), Left},
    receive {Ref, Left} -> call_each(Server, Left - 1) end.

call_windows(_Server, 0, _Window) -> ok;
call_windows(Server, Left, Window) ->
    Refs = [begin Ref = make_ref(), Server ! {Ref, self(), I}, {Ref, I} end || I <- lists:seq(1, Window)],
    lists:foreach(fun({Ref, I}) -> receive {Ref, I} -> ok end end, Refs),
    call_windows(Server, Left - Window, Window).

create(Count) ->
    make(ceil(Count / 10)),
    erlang:garbage_collect(),
    Memory = erlang:memory(processes),
    Time = make(Count),
    erlang:garbage_collect(),
    Each = (erlang:memory(processes) - Memory) / Count,
    [{"time each", Time}, {"memory each", max(0, Each)}].

make(Count) ->
    Joiner = spawn_joiner(Count),
    Before = now_us(),
    Actors = [spawn(fun() -> receive work -> Joiner ! {done, 1}, receive never -> ok end end end)
              || _ <- lists:seq(1, Count)],
    Made = now_us() - Before,
    [Actor ! work || Actor <- Actors],
    check(next(), Count),
    Made / Count.

repeat(Count, Do) -> repeat(0, Count, Do).

repeat(Count, Count, _Do) -> ok;
repeat(I, Count, Do) -> Do(I), repeat(I + 1, Count, Do).

median(Numbers) -> lists:nth(length(Numbers) div 2 + 1, lists:sort(Numbers)).

cpu() -> {Total, _} = erlang:statistics(runtime), Total.

now_us() -> erlang:monotonic_time(microsecond).
