"""Read the four files of a marketplace's pack, and say everything that is wrong in them."""

from collections.abc import Iterable, Mapping
from functools import partial

from triage.core.deadline import Term, Unit
from triage.core.event import ATTRIBUTES, Certainty, EventKind, Stream
from triage.core.lexicon import Lexicon
from triage.core.pack import ORDERS, Identifiers, Marketplace
from triage.core.pattern import Patterns
from triage.core.recogniser import ANY, Recogniser
from triage.core.rule import Check, Grace, Rule, Scope
from triage.edges.tables import NOTHING, Table, nearest

FILES = ("pack.toml", "recognisers.toml", "rules.toml", "contacts.toml")
GROUPS = frozenset({"order", "posting", "shipment", "return_number", "receipt"})
DATES = frozenset({"promised_on", "keep_until", "due_on"})
UNITS = {"days": Unit.DAYS, "working_days": Unit.WORKING_DAYS, "hours": Unit.HOURS}


def read_marketplace(
    pack_id: str, files: Mapping[str, bytes], problems: list[str]
) -> Marketplace | None:
    """Make a marketplace of its files; each fault becomes a line of `problems`."""
    before = len(problems)
    found: dict[str, Table] = {}
    for name in FILES:
        if name in files:
            found[name] = Table.of(f"{pack_id}/{name}", files[name], problems)
        else:
            problems.append(f"{pack_id}/{name}: the file is missing")
    if len(found) < len(FILES):
        return None
    pack, told, rules, contacts = (found[name] for name in FILES)
    title = pack.text("title")
    marketplace = Marketplace(
        id=pack_id,
        title=title,
        domains=pack.texts("domains", needed=True),
        streams=_streams(pack.table("streams")),
        needles=tuple(word.lower() for word in pack.texts("needles", needed=True)),
        support=tuple(address.lower() for address in pack.texts("support")),
        identifiers=_identifiers(pack.table("identifiers")),
        recognisers=_recognisers(told),
        rules=_rules(rules),
        contacts={"marketplace": title, **_contacts(contacts)},
        experimental=pack.flag("experimental"),
    )
    for table in found.values():
        table.done()
    return marketplace if len(problems) == before else None


def _streams(table: Table) -> dict[str, str]:
    streams = {}
    for domain in table:
        name = table.text(domain)
        if name == ORDERS or table.look_up(name, Stream, "stream"):
            streams[domain.lower()] = name
    return streams


def _identifiers(table: Table) -> Identifiers:
    found = Identifiers(
        order=table.pattern("order"),
        text=table.patterns("text"),
        links=table.patterns("links"),
        secrets=table.patterns("secrets", "secret"),
        impossible=table.patterns("impossible"),
    )
    for pattern in (*found.text, *found.links):
        if strange := pattern.groupindex.keys() - GROUPS:
            table.problem(f"{pattern.pattern!r} has unknown groups {sorted(strange)}")
        elif not pattern.groupindex and pattern is not NOTHING:
            table.problem(f"{pattern.pattern!r} names nothing: use {sorted(GROUPS)}")
    if found.order is NOTHING or not found.text:
        table.problem("order and text are needed")
    table.done()
    return found


def _recognisers(file: Table) -> tuple[Recogniser, ...]:
    parts = file.table("parts")
    for name in parts:  # a part may use those above it
        file.parts |= {name: file.expand(name, parts.text(name))}
    defaults, plain = file.table("guess"), file.table("plain")
    moving = file.table("moving")
    near = defaults.patterns("unless_near")
    shared = partial(Recogniser, kind=None, stream=None, certainty=Certainty.GUESS)
    road = shared(
        id="moving",
        unless_near=near,
        lexicon=_lexicon(moving, plain.texts("words")),
    )
    money = shared(
        id="plain",
        none_of=plain.patterns("none_of"),
        unless=plain.patterns("unless"),
        unless_near=near,
        unless_below=plain.patterns("unless_below"),
        lexicon=_lexicon(plain),
    )
    guess = shared(
        id="guess",
        none_of=defaults.patterns("none_of"),
        unless=defaults.patterns("unless"),
        unless_subject=defaults.patterns("unless_subject"),
        unless_above=defaults.patterns("unless_above"),
        lines=defaults.number("lines"),
    )
    defaults.done()
    rows = file.tables("recogniser")
    found = tuple(_recogniser(row, guess, money, road) for row in rows)
    known = {one.id for one in found} | {ANY}
    _once(rows, found)
    for row, one in zip(rows, found, strict=True):
        for other in one.beside:
            if other not in known:
                row.problem(f"beside: no recogniser {other!r}{nearest(other, known)}")
        row.done()
    return found


def _lexicon(table: Table, besides: tuple[str, ...] = ()) -> Lexicon:
    words = (*besides, *table.texts("words"))
    lexicon = Lexicon.of(words, table.patterns("harmless"))
    table.done()
    return lexicon


def _recogniser(
    row: Table, guess: Recogniser, money: Recogniser, road: Recogniser
) -> Recogniser:
    certainty = row.word("certainty", Certainty, "certainty")
    if certainty is None:
        row.problem("certainty is needed: pinned or guess")
        certainty = Certainty.GUESS
    tells = "stream" not in row  # «Как вам покупка?» is a question, and rightly
    guarded = not row.flag("unguarded")  # or the recogniser has guards of its own
    shared = guess if certainty is Certainty.GUESS and tells and guarded else None
    guards = guess if "kind" in row and guarded else shared
    plain = money if row.flag("plain") else road if row.flag("moving") else None
    one = Recogniser(
        id=row.text("id"),
        kind=row.word("kind", EventKind, "event kind"),
        stream=row.word("stream", Stream, "stream"),
        certainty=certainty,
        senders=tuple(text.lower() for text in row.texts("senders")),
        replies=row.flag("replies"),
        subject=row.patterns("subject"),
        any_of=row.patterns("any_of"),
        links=row.patterns("links"),
        none_of=row.patterns("none_of")
        + (shared.none_of if shared else ())
        + (plain.none_of if plain else ()),
        unless=row.patterns("unless")
        + (guards.unless if guards and (shared or plain) else ())
        + (plain.unless if plain else ()),
        unless_subject=row.patterns("unless_subject")
        + (guards.unless_subject if guards else ()),
        unless_near=row.patterns("unless_near") + (plain.unless_near if plain else ()),
        unless_above=guards.unless_above if guards else (),
        unless_below=plain.unless_below if plain else (),
        lexicon=_own_lexicon(row, plain),
        lines=row.number("lines", shared.lines if shared else 0),
        beside=row.texts("beside"),
        extract=_extract(row.table("extract")),
        attributes=_attributes(row.table("attributes")),
        evidence=row.text("evidence"),
    )
    known_only = row.flag("known_only")
    if sum((one.kind is not None, one.stream is not None, known_only)) != 1:
        row.problem("needs exactly one of kind, stream and known_only = true")
    if not (one.subject or one.any_of or one.links):
        row.problem("matches every letter: give subject, any_of or links")
    return one


def _own_lexicon(row: Table, plain: Recogniser | None) -> Lexicon | None:
    """Read whether a sentence must be understood whole, and which words it adds."""
    own = row.texts("words")
    if plain and plain.lexicon:
        return plain.lexicon + Lexicon.of(own)
    if own:
        row.problem("words are of use with plain or moving = true only")
    return None


def _extract(table: Table) -> dict[str, Patterns]:
    for key in set(table) - ATTRIBUTES:
        table.problem(f"unknown attribute {key!r}{nearest(key, ATTRIBUTES)}")
    return {key: table.patterns(key, "value") for key in table}


def _attributes(table: Table) -> dict[str, str]:
    for key in set(table) - ATTRIBUTES:
        table.problem(f"unknown attribute {key!r}{nearest(key, ATTRIBUTES)}")
    return {key: table.text(key) for key in table}


def _rules(file: Table) -> tuple[Rule, ...]:
    rows = file.tables("rule")
    found = tuple(map(_rule, rows))
    _once(rows, found)
    known = {rule.id for rule in found} | {"*"}
    for row, rule in zip(rows, found, strict=True):
        for other in (*rule.gives_way_to, *rule.hushed_by):
            if other not in known:
                row.problem(f"no rule {other!r}{nearest(other, known)}")
    return found


def _rule(row: Table) -> Rule:
    rule = Rule(
        id=row.text("id"),
        title=row.text("title"),
        scope=row.word("scope", Scope, "scope") or Scope.ORDER,
        since=row.words("since", EventKind, "event kind"),
        where=_attributes(row.table("where")),
        until=row.words("until", EventKind, "event kind"),
        until_repaid=row.words("until_repaid", EventKind, "event kind"),
        moved_by=row.words("moved_by", EventKind, "event kind"),
        needs=row.words("needs", EventKind, "event kind"),
        amount_from=row.words("amount_from", EventKind, "event kind"),
        grace=_grace(row.table("grace")),
        against=row.words("against", EventKind, "event kind"),
        within=row.number("within"),
        gives_way_to=row.texts("gives_way_to"),
        asks_first=row.flag("asks_first"),
        hushed_by=row.texts("hushed_by"),
        check=row.word("check", Check, "check") or Check.NONE,
        report=row.flag("report"),
        refund=row.flag("refund"),
        at_once=row.flag("at_once"),
        basis=row.text("basis"),
        quiet_when=row.text("quiet_when"),
        asks=row.text("asks", needed=False),
    )
    row.text("source")  # for the reviewer: where the number comes from
    if not rule.since and not rule.report:
        row.problem("never holds: give since, or report = true")
    if rule.asks_first and not rule.asks:
        row.problem("asks_first needs a question: give asks")
    row.done()
    return rule


def _grace(table: Table) -> Grace:
    given = [unit for unit in UNITS if unit in table]
    if len(given) > 1:
        table.problem(f"one unit, not {given}")
    start = table.text("from", needed=False)
    if start and start not in DATES:
        table.problem(f"from: {start!r} is not one of {sorted(DATES)}")
    numbers = [table.number(unit) for unit in given] or [0]
    if min(numbers) < 0:
        table.problem("a grace is not negative")
    unit = UNITS[given[0]] if given else Unit.DAYS
    grace = Grace(term=Term(numbers[0], unit), start=start, before=table.flag("before"))
    if grace.before and not grace.start:
        table.problem("before needs a date to count from: give from")
    table.done()
    return grace


def _contacts(file: Table) -> dict[str, str]:
    contacts = {}
    for name in file:
        entry = file.table(name)
        contacts[name] = entry.text("value")
        for key in ("source", "confidence", "checked"):
            entry.text(key)
        entry.text("note", needed=False)
        entry.done()
    return contacts


def _once(rows: Iterable[Table], found: Iterable[Recogniser | Rule]) -> None:
    seen: set[str] = set()
    for row, one in zip(rows, found, strict=True):
        if one.id and one.id in seen:
            row.problem(f"the id {one.id!r} is given twice")
        seen.add(one.id)
