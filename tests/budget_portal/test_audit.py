"""The log: written with its change or not at all, chained, and every tampering is found."""

import ast
import datetime as dt
import pkgutil
import random
import threading
import time
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.module_loading import module_has_submodule

from accounts.models import Organization
from budget_portal import audit, audit_check, audit_heads, audit_words, clock
from budget_portal.models import AuditCheckpoint, AuditEntry
from budget_portal.moves import Move, verb
from tests.builders import make_expense_case
from tests.factories import World, make_person

from . import ground_people

TEXTS = ["", "متن", "«نقل»\n'\"\\", "<null>", "a\x1fb", "\u200c\u202e", "😀" * 3, "x" * 500]


@pytest.fixture
def log(db):
    """Thirty entries in several chains, by people and by the clock, and a checkpoint over them."""
    write_honestly(random.Random(1), 30)
    audit_check.take_checkpoint()
    return random.Random(2)


def write_honestly(chance, count):
    people = [None, ground_people.person(f"writer{chance.random()}", "auditor")]
    targets = [ground_people.organization(code) for code in ("iran", "other", "third")]
    for _ in range(count):
        audit.record(
            chance.choice(["thing.made", "thing.changed"]),
            chance.choice([*targets, *filter(None, people)]),
            by=chance.choice(people),
            before=chance.choice([None, {}, {"state": "draft", "مبلغ": 10**15}]),
            after=chance.choice([None, [], {"state": "sent", "share": "0.1", "n": 1.5, "t": TEXTS}]),
            note=chance.choice(TEXTS),
        )


def sql(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def as_owner():
    """Past the triggers, as the owner of the tables may go."""
    sql("SET LOCAL session_replication_role = replica")


# --- writing ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_entry_says_who_what_when_and_in_which_role(log):
    person = ground_people.person("deputy", "budget_deputy")
    target = ground_people.organization()
    entry = audit.record("thing.closed", target, by=person, before={"state": "open"}, note="برای آزمون")
    entry.refresh_from_db()
    assert (entry.actor, entry.role, entry.organization) == (person, "budget_deputy", target)
    assert entry.chain == f"accounts.organization:{target.pk}"
    assert list(audit.history(target))[-1] == entry
    previous = AuditEntry.objects.get(chain=entry.chain, sequence=entry.sequence - 1)
    assert entry.previous_hash == previous.hash


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_outside_a_transaction():
    target = ground_people.organization()
    with pytest.raises(RuntimeError):
        audit.record("thing.made", target, by=None)


@pytest.mark.django_db(transaction=True)
def test_a_failed_entry_undoes_the_verb(monkeypatch):
    organization = ground_people.organization()

    @verb
    def rename(organization, name, *, by):
        organization.name = name
        organization.save()
        audit.record("organization.renamed", organization, by=by)

    sql("ALTER TABLE budget_portal_auditentry ADD CONSTRAINT broken CHECK (event <> 'organization.renamed')")
    try:
        with pytest.raises(DatabaseError):
            rename(organization, "نام تازه", by=None)
    finally:
        sql("ALTER TABLE budget_portal_auditentry DROP CONSTRAINT broken")
    assert Organization.objects.get(pk=organization.pk).name != "نام تازه"
    rename(organization, "نام تازه", by=None)
    assert AuditEntry.objects.get().event == "organization.renamed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE budget_portal_auditentry SET note = 'x'",
        "DELETE FROM budget_portal_auditentry",
        "TRUNCATE budget_portal_auditentry CASCADE",
        "UPDATE budget_portal_auditcheckpoint SET digest = ''",
        "DELETE FROM budget_portal_auditcheckpoint",
        "TRUNCATE budget_portal_auditcheckpoint",
    ],
)
def test_the_log_refuses_change(log, change):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(change)


@pytest.mark.django_db
def test_what_refuses_removal_row_by_row_refuses_it_at_once():
    """TRUNCATE passes every row trigger by, so whatever is append-only has a trigger of its own for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'portal_refuse_change'::regproc"
        )
        tables = [name for (name,) in cursor.fetchall()]
    assert len(tables) >= 5
    for table in tables:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db(transaction=True)
def test_racing_writers_keep_one_chain():
    target, start = ground_people.organization(), threading.Barrier(6)

    def write():
        try:
            start.wait()
            for _ in range(10):
                with transaction.atomic():
                    audit.record("thing.made", target, by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(audit.history(target).values_list("sequence", flat=True)) == list(range(1, 61))
    assert audit_check.verify().sound


@pytest.mark.django_db(transaction=True)
def test_racing_writers_of_one_figure_keep_one_chain(cast):
    line = make_expense_case(cast, activities=False).lines[0]
    start = threading.Barrier(4)

    def write(number):
        try:
            start.wait()
            for step in range(10):
                with transaction.atomic():
                    type(line).objects.filter(pk=line.pk).update(spent=number * 100 + step)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(audit.history(line).values_list("sequence", flat=True))
    assert found == list(range(1, len(found) + 1))
    assert len(found) > 30
    assert audit_check.verify().sound


@pytest.mark.django_db
def test_many_figures_of_one_transaction_take_no_lock_each(cast):
    """A cut-off of a province is imported at once; PostgreSQL holds some 6,400 locks in all."""
    make_expense_case(cast, filled=True)
    assert AuditEntry.objects.filter(event__startswith="figure.").count() > 5
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objsubid = 1"
        )
        taken = cursor.fetchone()[0]
    others = AuditEntry.objects.exclude(event__startswith="figure.").values("chain").distinct().count()
    assert taken <= others


# --- tampering ----------------------------------------------------------------------------------------------

COLUMNS = {
    "id": "id + 1000000",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "actor_id": "CASE WHEN actor_id IS NULL THEN (SELECT min(id) FROM accounts_user) END",
    "role": "role || 'x'",
    "organization_id": "CASE WHEN organization_id IS NULL THEN (SELECT min(id) FROM accounts_organization) END",
    "event": "event || 'x'",
    "target_type": "target_type || 'x'",
    "target_id": "target_id || '0'",
    "before": "CASE WHEN before IS NULL THEN 'null'::jsonb END",
    "after": "CASE WHEN after IS NULL THEN '{}'::jsonb ELSE jsonb_build_array(after) END",
    "note": "note || ' '",
    "request_id": "request_id || 'x'",
    "job_id": "job_id || 'x'",
    "chain": "chain || '0'",
    "sequence": "sequence + 1000",
    "previous_hash": "repeat('1', 64)",
    "hash": "repeat('2', 64)",
    "on_behalf_of_id": "COALESCE(on_behalf_of_id, 0) + 1",
}


def change(column):
    def tamper(chance):
        pk = chance.choice(list(AuditEntry.objects.values_list("pk", flat=True)))
        sql(f"UPDATE budget_portal_auditentry SET {column} = {COLUMNS[column]} WHERE id = %s", pk)

    tamper.__name__ = f"change_{column}"
    return tamper


def delete_any(chance):
    pk = chance.choice(list(AuditEntry.objects.values_list("pk", flat=True)))
    sql("DELETE FROM budget_portal_auditentry WHERE id = %s", pk)


def chain_of(chance):
    return chance.choice(sorted(set(AuditEntry.objects.values_list("chain", flat=True))))


def delete_in_the_middle(chance):
    sql(
        "DELETE FROM budget_portal_auditentry WHERE id = (SELECT id FROM budget_portal_auditentry"
        " WHERE sequence = 2 ORDER BY id LIMIT 1)"
    )


def cut_the_tail(chance):
    chain = chain_of(chance)
    sql(
        "DELETE FROM budget_portal_auditentry WHERE chain = %s AND sequence ="
        " (SELECT max(sequence) FROM budget_portal_auditentry WHERE chain = %s)",
        chain,
        chain,
    )


def drop_a_chain(chance):
    sql("DELETE FROM budget_portal_auditentry WHERE chain = %s", chain_of(chance))


def insert_in_the_middle(chance):
    """A copy of an entry, well hashed, with the number of its neighbour."""
    sql("ALTER TABLE budget_portal_auditentry DROP CONSTRAINT auditentry_chain_sequence")
    entry = chance.choice(list(AuditEntry.objects.all()))
    entry.pk, entry.note = 10**9, "هرگز نشد"
    AuditEntry.objects.bulk_create([entry])
    sql("UPDATE budget_portal_auditentry e SET hash = portal_audit_hash(e) WHERE id = %s", 10**9)


def swap_two(chance):
    one, two = chance.sample(list(AuditEntry.objects.all()), 2)
    for entry, other in ((one, two), (two, one)):
        AuditEntry.objects.filter(pk=entry.pk).update(
            note=other.note + "x",
            event=other.event,
            before=other.before,
            after=other.after,
            actor=other.actor,
        )


def rewrite_one_well(chance):
    """Change an entry and hash it anew, as the owner could."""
    pk = chance.choice(list(AuditEntry.objects.values_list("pk", flat=True)))
    sql("UPDATE budget_portal_auditentry SET note = note || '!' WHERE id = %s", pk)
    sql("UPDATE budget_portal_auditentry e SET hash = portal_audit_hash(e) WHERE id = %s", pk)


def rewrite_everything(chance):
    """Change one entry and hash all that follow in its chain anew: only the checkpoint knows better."""
    entry = chance.choice(list(AuditEntry.objects.all()))
    sql("UPDATE budget_portal_auditentry SET note = note || '!' WHERE id = %s", entry.pk)
    previous = entry.previous_hash
    later = AuditEntry.objects.filter(chain=entry.chain, sequence__gte=entry.sequence).order_by("sequence")
    for pk in later.values_list("pk", flat=True):
        sql("UPDATE budget_portal_auditentry SET previous_hash = %s WHERE id = %s", previous, pk)
        sql("UPDATE budget_portal_auditentry e SET hash = portal_audit_hash(e) WHERE id = %s", pk)
        previous = AuditEntry.objects.get(pk=pk).hash


def empty_the_log(chance):
    sql("TRUNCATE budget_portal_auditentry CASCADE")


def change_a_checkpoint(chance):
    column = chance.choice(["last_entry_id = 1", "chains = 0", "heads = '{}'", "recorded_at = now()"])
    sql(f"UPDATE budget_portal_auditcheckpoint SET {column}")


def switch_a_trigger_off(chance):
    table = chance.choice(list(audit_check.TRIGGERS))
    name = chance.choice(audit_check.TRIGGERS[table])
    sql("SET LOCAL session_replication_role = origin")
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(f"ALTER TABLE {table} {chance.choice(['DISABLE', 'ENABLE REPLICA'])} TRIGGER {name}")


def rewrite_checkpoints_too(chance):
    """Change an entry, hash everything anew and make every checkpoint fit: the log agrees with itself."""
    rewrite_everything(chance)
    previous = audit_check.FIRST
    for point in AuditCheckpoint.objects.order_by("pk"):
        for chain, seen in point.heads.items():
            entry = AuditEntry.objects.filter(chain=chain, sequence=seen[0]).first()
            seen[1] = entry.hash if entry else seen[1]
        moment = point.recorded_at.astimezone(dt.UTC).strftime(audit_check.STAMP)
        digest = audit_check._digest(previous, moment, point.last_entry_id, point.chains, point.heads)
        AuditCheckpoint.objects.filter(pk=point.pk).update(
            heads=point.heads, previous_digest=previous, digest=digest
        )
        previous = digest


def drop_the_last_checkpoint(chance):
    """And what was written under it: the days before still agree with themselves."""
    last, *before = AuditCheckpoint.objects.order_by("-pk")[:2]
    known = before[0].last_entry_id if before else 0
    sql("DELETE FROM budget_portal_auditentry WHERE id > %s", known)
    sql("DELETE FROM budget_portal_auditcheckpoint WHERE id = %s", last.pk)


TAMPERINGS = [
    *map(change, COLUMNS),
    delete_any,
    delete_in_the_middle,
    cut_the_tail,
    drop_a_chain,
    insert_in_the_middle,
    swap_two,
    rewrite_one_well,
    rewrite_everything,
    empty_the_log,
    change_a_checkpoint,
    switch_a_trigger_off,
    rewrite_checkpoints_too,
    drop_the_last_checkpoint,
]
# What only the published head knows: inside the database nothing contradicts it any more.
BY_THE_HEAD_ALONE = {rewrite_checkpoints_too, drop_the_last_checkpoint}


class Undo(Exception):
    pass


def found(tamper, chance):
    """Whether the tampering is found; everything is as before afterwards."""
    try:
        with transaction.atomic():
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            as_owner()
            published = audit_heads.text_of(AuditCheckpoint.objects.latest("pk"))
            tamper(chance)
            verdict = audit_check.verify(published=published)
            raise Undo
    except Undo:
        sql("SET LOCAL session_replication_role = origin")
    return not verdict.sound and verdict


@pytest.mark.django_db
@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_each_kind_of_tampering_is_found(log, tamper):
    assert audit_check.verify().sound
    assert found(tamper, log)
    assert audit_check.verify().sound


def hunt(log, tries, honest):
    """Random tamperings found, and honest runs that were suspected; the log grows by three entries each time."""
    caught = false_alarms = 0
    missed = []
    for number in range(tries):
        if tries < 1000 or number % 10 == 0:
            write_honestly(random.Random(1000 + number), 3)
        if number % (tries // honest) == 0:
            head = AuditCheckpoint.objects.latest("pk")
            false_alarms += not audit_check.verify(published=audit_heads.text_of(head)).sound
        # What was written since the last checkpoint can be cut off unnoticed: that is what they are for.
        audit_check.take_checkpoint()
        tamper = log.choice(TAMPERINGS)
        if found(tamper, log):
            caught += 1
        else:
            missed.append(tamper.__name__)
    return caught, false_alarms, missed


def said(tries, honest, caught, false_alarms):
    return f"P7: {caught} of {tries} random tamperings found, {false_alarms} false alarms in {honest} honest runs"


@pytest.mark.django_db
def test_random_tamperings_are_found_and_honest_logs_are_sound(log, figure):
    """A seeded sample; the thousand are a drill."""
    caught, false_alarms, missed = hunt(log, 30, 30)
    figure(said(30, 30, caught, false_alarms))
    assert (caught, false_alarms, missed) == (30, 0, [])


@pytest.mark.drill
@pytest.mark.django_db
def test_a_thousand_random_tamperings_are_found(log, figure):
    caught, false_alarms, missed = hunt(log, 1000, 100)
    figure(said(1000, 100, caught, false_alarms))
    assert (caught, false_alarms, missed) == (1000, 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("tamper", sorted(BY_THE_HEAD_ALONE, key=lambda tamper: tamper.__name__))
def test_a_full_rewrite_is_found_by_the_published_head_alone(log, tamper):
    write_honestly(random.Random(7), 5)
    audit_check.take_checkpoint()
    published = audit_heads.text_of(AuditCheckpoint.objects.latest("pk"))
    with transaction.atomic():
        as_owner()
        tamper(log)
        assert audit_check.verify().sound
        verdict = audit_check.verify(published=published)
        assert [problem.what for problem in verdict.problems] == ["published"]


@pytest.mark.drill
@pytest.mark.django_db
def test_how_fast_a_large_log_is_checked(figure):
    """200,000 entries of 20,000 objects, written by the database's own trigger."""
    target = ground_people.organization()
    sql(
        "INSERT INTO budget_portal_auditentry (recorded_at, role, event, target_type, target_id, before, after, note,"
        " request_id, job_id, chain, sequence, previous_hash, hash)"
        " SELECT now(), 'agency_user', 'figure.changed', 'accounts.organization', (n %% 20000)::text,"
        " '{\"spent\": 1}', jsonb_build_object('spent', n), '', '', '', '', 0, '', ''"
        " FROM generate_series(1, %s) n",
        200_000,
    )
    started = time.perf_counter()
    verdict = audit_check.verify()
    took = time.perf_counter() - started
    figure(f"verify_audit: {verdict.entries} entries in {took:.1f} s, {verdict.entries / took:.0f} a second")
    assert verdict.sound and verdict.entries >= 200_000 and target


@pytest.mark.django_db
def test_the_first_bad_entry_is_named(log):
    entries = list(AuditEntry.objects.order_by("pk"))

    def tamper(chance):
        for entry in (entries[20], entries[7]):
            sql("UPDATE budget_portal_auditentry SET role = 'x' WHERE id = %s", entry.pk)

    verdict = found(tamper, log)
    assert verdict.first.entry == entries[7].pk and verdict.first.what == "hash"
    assert entries[7].chain in str(verdict.first)


@pytest.mark.django_db
def test_the_database_and_python_hash_alike(log):
    """If this fails, sql/audit.sql and audit_check.py were not changed together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash, portal_audit_hash(e) FROM budget_portal_auditentry e")
        assert all(kept == made for kept, made in cursor.fetchall())


@pytest.mark.django_db
def test_many_problems_do_not_fill_the_memory(log):
    def tamper(chance):
        sql("UPDATE budget_portal_auditentry SET note = note || 'x'")

    assert len(found(tamper, log).problems) == 30
    with transaction.atomic():
        as_owner()
        tamper(None)
        assert len(audit_check.verify(keep=5).problems) == 5


# --- checkpoints --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_checkpoint_holds_what_grew_and_follows_the_one_before(log):
    first = AuditCheckpoint.objects.get()
    assert audit_check.take_checkpoint() is None
    entry = audit.record("thing.made", ground_people.organization("fresh"), by=None)
    second = audit_check.take_checkpoint()
    entry.refresh_from_db()
    assert second.previous_digest == first.digest
    assert second.heads[entry.chain] == [1, entry.hash]
    assert second.last_entry_id == entry.pk and second.chains == first.chains + 1
    verdict = audit_check.verify()
    assert verdict.sound and (verdict.entries, verdict.checkpoints) == (31, 2)


@pytest.mark.django_db
def test_the_clock_takes_one_checkpoint_a_day(log):
    from django.utils import timezone

    audit.record("thing.made", ground_people.organization(), by=None)
    clock.checkpoint_of_the_day(timezone.now())
    assert AuditCheckpoint.objects.count() == 1
    clock.checkpoint_of_the_day(timezone.now() + dt.timedelta(days=1))
    assert AuditCheckpoint.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_kept_copy_finds_rewritten_checkpoints(settings, tmp_path):
    copy = tmp_path / "checkpoints.log"
    settings.AUDIT_COPY = str(copy)
    with transaction.atomic():
        audit.record("thing.made", ground_people.organization(), by=None)
    audit_check.take_checkpoint()
    assert audit_check.verify(copy=copy).sound
    with transaction.atomic():
        as_owner()
        sql("DELETE FROM budget_portal_auditcheckpoint")
        sql("DELETE FROM budget_portal_auditentry")
    assert audit_check.verify().sound  # without the copy nothing is left to tell
    assert audit_check.verify(copy=copy).first.what == "copy"
    copy.write_text(copy.read_text().replace(" 1 ", " 2 ", 1))
    assert "signature" in audit_check.verify(copy=copy).first.text


# --- command ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_says_sound_and_takes_a_checkpoint(log):
    audit.record("thing.made", ground_people.organization(), by=None)
    out = StringIO()
    call_command("verify_audit", "--checkpoint", stdout=out)
    assert "sound: 31 entries" in out.getvalue() and "Checkpoint" in out.getvalue()


@pytest.mark.django_db
def test_the_command_names_the_first_bad_entry_and_fails(log):
    entry = AuditEntry.objects.order_by("pk")[3]
    with transaction.atomic():
        as_owner()
        sql("UPDATE budget_portal_auditentry SET note = 'x' WHERE id = %s", entry.pk)
        with pytest.raises(CommandError, match=rf"First: hash: entry {entry.pk} ") as failure:
            call_command("verify_audit")
    assert failure.value.returncode == 1


@pytest.mark.django_db
def test_the_command_wants_the_copy_that_was_named(log):
    with pytest.raises(CommandError, match="There is no"):
        call_command("verify_audit", "--copy", "/nowhere/copy.log")


def test_every_column_of_the_log_is_tampered_with_above():
    assert set(COLUMNS) == {field.column for field in AuditEntry._meta.fields}


# --- words --------------------------------------------------------------------------------------------------


def workflow_events():
    """The event of every move in every table of every app's workflow."""
    events = {}
    for config in apps.get_app_configs():
        if config.name.startswith("django") or not module_has_submodule(config.module, "workflow"):
            continue
        package = import_module(f"{config.name}.workflow")
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for thing in vars(import_module(info.name)).values():
                moves = thing.values() if isinstance(thing, dict) else ()
                events |= {move.event: info.name for move in moves if isinstance(move, Move)}
    return events


def recorded_events():
    """Every event that the code writes by its name: record("…")."""
    events = {}
    for config in apps.get_app_configs():
        for path in Path(config.path).rglob("*.py") if config.path.startswith(str(settings.BASE_DIR)) else ():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(
                    getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", "")
                )
                first = node.args[0] if name == "record" and node.args else None
                if isinstance(first, ast.Constant):
                    events[first.value] = str(path)
    return events


@pytest.mark.parametrize("collect", [workflow_events, recorded_events])
def test_every_event_has_a_persian_sentence(collect):
    events = collect()
    assert len(events) > 10
    missing = {event: where for event, where in events.items() if event not in audit_words.words("WORDS")}
    assert not missing, f"add these to <app>/audit_words.py: {missing}"


def test_every_object_of_the_words_exists():
    for label in audit_words.words("OBJECTS"):
        apps.get_model(label)
    assert all(text and "{" not in text for text in audit_words.words("WORDS").values())


@pytest.mark.django_db
def test_every_column_that_the_triggers_write_has_a_persian_name():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_audit'")
        tables = {row[0] for row in cursor.fetchall()}
    models = [model for model in apps.get_models() if model._meta.db_table in tables]
    assert len(models) == len(tables) > 5
    columns = {(model._meta.label_lower, field.attname) for model in models for field in model._meta.fields}
    named = audit_words.words("FIELDS")
    missing = {
        (label, column)
        for label, column in columns
        if column not in audit_words.INTERNAL and not {column, column.removesuffix("_id")} & named.keys()
    }
    assert not missing, f"add these to <app>/audit_words.py: {sorted(missing)}"


@pytest.mark.django_db
def test_a_column_that_points_at_a_row_is_told_by_its_name():
    agency = World().agency
    reader = make_person("auditor", agency.organization)
    columns = {"sector_group_id": agency.sector_group_id, "version": 3, "note": ""}
    entry = audit.record("figure.created", agency, by=None, after=columns)
    (change,) = audit_words.changes(entry, audit_words.linked([entry], reader))
    assert (change.before, change.after) == (None, str(agency.sector_group))


def literal_columns():
    """Every column that a verb names in record(before={…}, after={…})."""
    for config in apps.get_app_configs():
        for path in Path(config.path).rglob("*.py") if config.path.startswith(str(settings.BASE_DIR)) else ():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for said in node.keywords if isinstance(node, ast.Call) else ():
                    if said.arg in {"before", "after"} and isinstance(said.value, ast.Dict):
                        yield from (key.value for key in said.value.keys if isinstance(key, ast.Constant))


def test_every_column_that_a_verb_writes_has_a_persian_name():
    named = {name.rpartition(".")[2] for name in audit_words.words("FIELDS")}
    columns = set(literal_columns())
    assert len(columns) > 40
    missing = {name for name in columns if not {name, name.removesuffix("_id")} & named}
    assert not missing - {"seed"}, f"add these to <app>/audit_words.py: {sorted(missing)}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("label", "column", "value", "told"),
    [
        ("monitoring.performancesubmission", "stage", "treasurer", ("گام", "ذیحساب")),
        ("monitoring.performancesubmission", "line", "line:13:1", ("ردیف", "ردیف ۱۳ · ۱")),
        (
            "monitoring.performancesubmission",
            "cell",
            "capital:18:spent",
            ("خانه", "ردیف سرمایه‌ای ۱۸ · عملکرد"),
        ),
        ("monitoring.performancesubmission", "row", "activityperformance:7", ("ردیف", "عملکرد فعالیت ۷")),
        ("monitoring.capitalfinanceline", "not_applicable", ["returned"], ("«ندارد»", "برگشتی به خزانه")),
        ("monitoring.capitalfinanceline", "held_raw", {"spent": 5087}, ("رقم‌های نگه‌داشته", "عملکرد ۵٬۰۸۷")),
        ("monitoring.package", "digest", "ab" * 32, ("چکیدهٔ رقمی", "ab" * 32)),
        ("monitoring.reconciliation", "unit", "rial", ("واحد", "ریال")),
        ("monitoring.sourceconflict", "tolerance", "2.500", ("رواداری", "2٫5")),
        ("monitoring.operationprogress", "quantity_done", 354.8, ("مقدار انجام‌شده", "354٫8")),
        ("monitoring.evidencepolicy", "from", "1405-Q2", ("از مقطع", "شهریور ۱۴۰۵")),
        ("agreements.capitalagreement", "CA-1///plan_type", "profit", ("فرم CA-1، نوع طرح", "انتفاعی")),
        ("agreements.expenseagreement", "8///reason", "اصلاح", ("فرم ۸، دلیل اصلاح", "اصلاح")),
    ],
)
def test_what_a_verb_wrote_is_told_in_words(label, column, value, told):
    entry = AuditEntry(event="x", target_type=label, target_id="1", before=None, after={column: value})
    (change,) = audit_words.changes(entry)
    assert (change.field, change.after) == told
