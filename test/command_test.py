"""The command's contract: what it prints where, its exit codes, and that bad
input gets one clear line and leaves nothing behind. Usage: command_test.py PATH
"""
import contextlib
import csv
import io
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

COMMAND = pathlib.Path(sys.argv.pop(1)).resolve()
EXPORT = "13-05-2024 10:00 - Jan: Hoi\n13-05-2024 10:01 - Piet: Ja\n"
CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"


def run(*args, stdin=None, stdout=subprocess.PIPE, cwd=None):
    return subprocess.run([COMMAND, *map(str, args)], input=stdin, stdout=stdout,
                          stderr=subprocess.PIPE, cwd=cwd, check=False)


def dump(database):
    with sqlite3.connect(database) as connection:
        return "\n".join(connection.iterdump())


class Study(unittest.TestCase):
    """One demo study for all tests that need a database."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.dir = pathlib.Path(cls.folder.name)
        made = run("demo", cls.dir / "demo", "--seed", "1")
        assert made.returncode == 0, made.stderr
        cls.study = json.loads((cls.dir / "demo/study.json").read_text())
        cls.groups = [group["key"] for group in cls.study["groups"]]
        cls.database = cls.dir / "buurt.db"
        made = run("init", cls.database, "--study", cls.dir / "demo/study.json")
        assert made.returncode == 0, made.stderr
        for group in cls.groups:
            added = run("import", cls.database, "--group", group, cls.dir / "demo" / group)
            assert added.returncode in (0, 1), added.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def truth(self, group):
        text = (self.dir / "demo/truth" / f"{group}.labels.tsv").read_text()
        rows = [line.split("\t") for line in text.splitlines()]
        return [dict(zip(rows[0], row)) for row in rows[1:]]

    def test_parse_gives_the_records_of_the_truth(self):
        for group in self.groups:
            result = run("parse", self.dir / "demo" / group)
            self.assertIn(result.returncode, (0, 1), result.stderr)
            records = [json.loads(line) for line in result.stdout.splitlines()]
            human = [record for record in records if record["author"] is not None]
            truth = self.truth(group)
            self.assertEqual([(r["n"], r["line"]) for r in human],
                             [(int(t["n"]), int(t["line"])) for t in truth])

    def test_classify_gives_one_object_per_human_record(self):
        group = self.groups[0]
        result = run("classify", self.dir / "demo" / group, "--explain")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([row["n"] for row in rows], [int(t["n"]) for t in self.truth(group)])
        for row in rows:
            self.assertAlmostEqual(sum(row["labels"].values()), 1, places=4)
            for reason in row["why"]:
                start, end = reason["span"]
                self.assertLessEqual(end, len(row["text"].encode()))

    def test_an_audit_traces_to_the_export_and_names_nobody(self):
        group = self.groups[0]
        demo = self.dir / "demo"
        call = ["audit", demo / group, "--roles", demo / "roles.json"]
        records = [json.loads(line) for line in run("parse", demo / group).stdout.splitlines()]
        result = run(*call, "--format", "json")
        self.assertEqual(result.returncode, 1, result.stderr)  # there are findings
        audit = json.loads(result.stdout)
        seen = 0
        for rule in audit["rules"]:
            self.assertLessEqual(rule["found"], rule["of"])
            self.assertEqual(rule["found"], len(rule["findings"]))
            for finding in rule["findings"]:
                seen += 1
                record = records[finding["n"] - 1]
                self.assertEqual((finding["line"], finding["time"]), (record["line"], record["time"]))
                for evidence in finding["evidence"]:
                    text = records[evidence["n"] - 1]["text"].encode()
                    self.assertLessEqual(evidence["span"][1], len(text))
        self.assertGreater(seen, 50)
        names = {record["author"].encode() for record in records if record["author"]}
        for form in ("text", "json"):
            quiet = run(*call, "--format", form).stdout
            told = run(*call, "--format", form, "--keep-names").stdout
            self.assertFalse([name for name in names if len(name) > 4 and name in quiet], form)
            self.assertTrue([name for name in names if name in told], form)

    def test_an_audit_of_a_database_names_what_it_cannot_see(self):
        study = json.loads((self.dir / "demo" / "study.json").read_text(encoding="utf-8"))
        for group in study["groups"]:
            result = run("audit", self.database, "--group", group["key"], "--format", "json")
            self.assertEqual(result.returncode, 1, result.stderr)
            audit = json.loads(result.stdout)
            self.assertEqual(audit["regime"], group["regime"])
            self.assertEqual(audit["ruleset"]["regime"], group["regime"])
            by_id = {rule["id"]: rule for rule in audit["rules"]}
            self.assertEqual(by_id["R20"]["evidence"], "not-visible")
            self.assertGreater(by_id["R19"]["of"], 10)
            self.assertIsNone(by_id["R19"]["findings"][0]["n"])
            # The regime of the study, under a ruleset for another.
            export = run("audit", self.dir / "demo" / group["key"], "--study", self.dir / "demo" / "study.json",
                         "--rules", "streng-alarm", "--format", "json", "--quiet")
            self.assertEqual(json.loads(export.stdout)["regime"], group["regime"])
        for args, said in (([], b"choose one with --group"), (["--group", "nergens"], b"nergens"),
                           (["--group", self.groups[0], "--keep-text"], b"holds no words"),
                           (["--group", self.groups[0], "--model", "rules"], b"leave it out")):
            result = run("audit", self.database, *args)
            self.assertEqual((result.returncode, result.stdout, len(result.stderr.splitlines())), (2, b"", 1))
            self.assertIn(said, result.stderr)

    def test_an_audit_by_human_labels_and_its_refusals(self):
        group = self.groups[0]
        demo = self.dir / "demo"
        labels = demo / "truth" / f"{group}.labels.tsv"
        audit = json.loads(run("audit", demo / group, "--labels", labels, "--format", "json").stdout)
        self.assertEqual((audit["doubtful"], audit["coded_by"]), (0, "people"))
        for told, by in ((["--labels", labels], "Mensen hebben de berichten"),
                         ([], "Een computer heeft de berichten")):
            said = " ".join(run("audit", demo / group, *told).stdout.decode().split())
            self.assertIn(by, said)
        rules = self.dir / "rules.json"
        rules.write_text('{"format":"etherpeil-ruleset/1","id":"x","version":1,"title_nl":"x",'
                         '"regime":"alarm","rules":{"R29":true}}', encoding="utf-8")
        weak = run("audit", demo / group, "--rules", rules)
        self.assertEqual(weak.returncode, 0, weak.stderr)  # nothing, or weak hints only
        # A warning is told in the exit code, too: this file has no such group.
        others = self.dir / "others.json"
        others.write_text('{"format":"etherpeil-roles/1","groups":{"elders":'
                          '[{"name":"Wijkagent Rob","role":"politie"}]}}', encoding="utf-8")
        for call in (["audit", demo / group, "--rules", rules], ["classify", demo / group]):
            for quiet in ([], ["--quiet"]):
                self.assertEqual(run(*call, "--roles", others, *quiet).returncode, 1, call)
        rules.write_text('{"format":"etherpeil-ruleset/1","id":"x","version":1,"title_nl":"x",'
                         '"regime":"alarm","rules":{"R88":true}}', encoding="utf-8")
        page = self.dir / "audit.txt"
        for args, said in ((["--rules", rules], b"rules.json: /rules/R88"),
                           (["--rules", "streng"], b"wabp-standaard, streng-alarm, gemengd"),
                           (["--roles", demo / "roles.json", "--group", "nergens"], b"no group")):
            result = run("audit", demo / group, *args, "-o", page)
            self.assertEqual(result.returncode, 2)
            self.assertIn(said, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1)
            self.assertFalse(page.exists())
        page.write_text("my own notes, of some length\n", encoding="utf-8")
        self.assertEqual(run("audit", demo / group, "-o", page).returncode, 2)
        self.assertIn("my own notes", page.read_text(encoding="utf-8"))

    def test_import_and_audit_count_the_same(self):
        for group in self.groups:
            database = self.dir / f"counts-{group}.db"
            run("init", database, "--study", self.dir / "demo/study.json")
            told = run("import", database, "--group", group, self.dir / "demo" / group).stderr.decode()
            stored = json.loads(run("audit", database, "--group", group, "--format", "json").stdout)
            whole = json.loads(run("audit", self.dir / "demo" / group, "--format", "json",
                                   "--roles", self.dir / "demo/roles.json").stdout)
            self.assertIn(f": {stored['messages']} messages, {stored['reports']} reports", told)
            self.assertIn(f"(of {whole['messages']} and {whole['reports']} in the file) added", told)
            self.assertEqual(stored["reports"], whole["reports"] - whole["reports_on_cut_days"])

    def test_importing_again_changes_nothing(self):
        before = dump(self.database)
        again = run("import", self.database, "--group", self.groups[0],
                    self.dir / "demo" / self.groups[0])
        self.assertIn(again.returncode, (0, 1))
        self.assertTrue(before == dump(self.database), "the database changed")

    def test_exports_of_two_phones_become_one_chat(self):
        day = [f"1{3 + i // 40}-05-2024 1{i % 40 // 10}:{i % 10 * 6:02}" for i in range(120)]
        says = [f"Bericht nummer {i} over de straat" for i in range(120)]
        first = "".join(f"{t} - {'Jan' if i % 3 else 'Piet'}: {s}\n"
                        for i, (t, s) in enumerate(zip(day, says)))
        second = "".join(f"{t} - {'Jij' if i % 3 else '+31 6 11111111'}: {s}\n"
                         for i, (t, s) in enumerate(zip(day, says)) if i > 20)
        (self.dir / "a.txt").write_text(first)
        (self.dir / "b.txt").write_text(second)
        other = "".join(f"{t} - Kees: Heel iets anders dan nummer {i}\n"
                        for i, t in enumerate(day))
        (self.dir / "c.txt").write_text(other)
        databases = []
        for files in (["a.txt"], ["a.txt", "b.txt"], ["b.txt", "a.txt"]):
            database = self.dir / f"merge{len(databases)}.db"
            run("init", database, "--study", self.dir / "demo/study.json")
            added = run("import", database, "--group", self.groups[0],
                        *[self.dir / f for f in files])
            self.assertIn(added.returncode, (0, 1), added.stderr)
            databases.append(run("metrics", database, "--format", "csv").stdout)
            if len(files) > 1:
                self.assertIn(b"merge.joined", added.stderr)
        self.assertEqual(databases[0], databases[1])
        self.assertEqual(databases[1], databases[2])
        before = dump(self.dir / "merge0.db")
        self.refused("import", self.dir / "merge0.db", "--group", self.groups[0], self.dir / "a.txt", self.dir / "c.txt",
                     names="own group")
        self.assertEqual(before, dump(self.dir / "merge0.db"))

    def test_a_later_export_of_the_phone_takes_the_place_of_the_earlier_one(self):
        group = self.groups[0]
        source = next(p for p in (self.dir / "demo" / group).iterdir())
        if source.suffix == ".zip":
            with zipfile.ZipFile(source) as archive:
                text = archive.read(archive.namelist()[0])
        else:
            text = source.read_bytes()
        early, late = self.dir / "early.txt", self.dir / "late.txt"
        early.write_bytes(b"".join(text.splitlines(keepends=True)[:1500]))
        late.write_bytes(text)
        monthly, whole = self.dir / "monthly.db", self.dir / "whole-year.db"
        run("init", monthly, "--study", self.dir / "demo/study.json")
        run("init", whole, "--study", self.dir / "demo/study.json", "--key",
            str(monthly) + ".key")
        for database, files in ((monthly, (early, late)), (whole, (late, early))):
            for file in files:
                added = run("import", database, "--group", group, file, "--key",
                            str(monthly) + ".key")
                self.assertIn(added.returncode, (0, 1), added.stderr)
        self.assertIn(b"in a later export", added.stderr)
        self.assertEqual(dump(monthly), dump(whole))
        again = run("import", monthly, "--group", group, early, late)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(again.stderr.count(b"was there already"), 2)

    def test_no_text_and_no_name_is_in_the_database(self):
        content = self.database.read_bytes()
        for group in self.groups:
            events = run("parse", self.dir / "demo" / group).stdout.splitlines()
            for event in map(json.loads, events):
                if event["author"] and len(event["author"]) > 6:
                    self.assertFalse(event["author"].encode() in content, "a name is in it")
                if event["author"] and len(event["text"]) > 20:
                    self.assertFalse(event["text"].encode() in content, "a text is in it")

    def test_a_killed_import_leaves_nothing_and_can_be_repeated(self):
        database = self.dir / "killed.db"
        run("init", database, "--study", self.dir / "demo/study.json")
        empty = dump(database)
        source = self.dir / "demo" / self.groups[0]
        random.seed(1)
        killed = 0
        for _ in range(20):
            process = subprocess.Popen([COMMAND, "import", database, "--group", self.groups[0],
                                        source], stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            with sqlite3.connect(database) as connection:
                self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            if dump(database) != empty:
                break
        self.assertGreater(killed, 0)
        run("import", database, "--group", self.groups[0], source)
        whole = self.dir / "whole.db"
        run("init", whole, "--study", self.dir / "demo/study.json", "--key",
            str(database) + ".key")
        run("import", whole, "--group", self.groups[0], source, "--key", str(database) + ".key")
        self.assertTrue(dump(database) == dump(whole), "the databases differ")

    def test_metrics_in_every_format_say_the_same(self):
        ask = ("metrics", self.database, "--period", "quarter", "--metric", "M01,M11")
        as_json = json.loads(run(*ask, "--format", "json").stdout)
        as_csv = list(csv.DictReader(io.StringIO(run(*ask, "--format", "csv").stdout.decode())))
        dutch = run(*ask, "--format", "csv-nl").stdout.decode()
        self.assertTrue(dutch.startswith("\ufeff"))
        as_dutch = list(csv.DictReader(io.StringIO(dutch[1:]), delimiter=";"))
        self.assertEqual(len(as_json), len(as_csv))
        self.assertEqual(len(as_json), len(as_dutch))
        for one, two, three in zip(as_json, as_csv, as_dutch):
            self.assertEqual(one["id"], two["id"])
            if one["value"] is not None:
                self.assertAlmostEqual(one["value"], float(two["value"]))
                self.assertAlmostEqual(one["value"], float(three["value"].replace(",", ".")))
        self.assertEqual(run(*ask).returncode, 0)

    def test_the_volume_is_that_of_the_export(self):
        values = json.loads(run("metrics", self.database, "--period", "all", "--metric", "M01",
                                "--format", "json").stdout)
        for value in values:
            # The first and last day of an export are not whole days.
            truth = len(self.truth(value["group"]))
            self.assertLessEqual(value["numerator"], truth)
            self.assertGreater(value["numerator"], 0.97 * truth)

    def test_fidelity_says_of_every_intervention_whether_it_can_be_seen(self):
        found = json.loads(run("metrics", self.database, "--fidelity", "--format", "json").stdout)
        self.assertEqual([one["group"] for one in found], self.groups)
        for one in found:
            self.assertIn(one["visibility"], ("visible", "too-few"))
            self.assertIn("fidelity.no-claim", one["notes"])
            counted = {metric["id"]: metric["after"]["numerator"] for metric in one["metrics"]}
            self.assertGreaterEqual(counted["M27"], counted["M27.reminder"])
        table = run("metrics", self.database, "--fidelity").stdout.decode()
        self.assertEqual(table.count("ichtbaar: ") + table.count("Te weinig om te zien: "), len(self.groups))

    def test_overlapping_interventions_are_reported_with_their_place(self):
        study = json.loads((self.dir / "demo/study.json").read_text())
        twice = study["groups"][1]["interventions"]
        twice.append(dict(twice[0], key="nog-een"))
        path = self.dir / "demo/overlap.json"
        path.write_text(json.dumps(study))
        result = run("init", self.dir / "overlap.db", "--study", path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"/groups/1/interventions/1", result.stderr)

    def test_compare_has_every_group_and_no_p_value(self):
        result = run("compare", self.database, "--outcome", "M43", "--format", "json")
        comparison = json.loads(result.stdout)
        self.assertEqual([group["group"] for group in comparison["groups"]], self.groups)
        self.assertFalse(b'"p"' in result.stdout)
        self.assertEqual(run("compare", self.database).returncode, 0)

    def test_what_is_kept_can_be_traced(self):
        database = self.dir / "kept.db"
        shutil.copy(self.database, database)
        shown = run("compare", database, "--outcome", "M43", "--format", "json", "--store")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(run("audit", database, "--group", self.groups[0], "--store", "-o",
                             self.dir / "kept.txt").returncode, 1)
        self.assertIn(b"--store", run("audit", self.dir / "demo" / self.groups[0], "--store").stderr)
        with contextlib.closing(sqlite3.connect(database)) as connection:
            kept = connection.execute(
                "SELECT g.key, x.estimate, x.low, x.high, r.stale, r.exports FROM comparison_group x "
                "JOIN study_group g USING (group_id) JOIN v_run r USING (run) ORDER BY group_id").fetchall()
            for row, group in zip(kept, json.loads(shown.stdout)["groups"], strict=True):
                self.assertEqual(row[:2], (group["group"], group["effect"]))
                self.assertEqual(row[4:], (0, len(self.groups)))
            run_key = connection.execute("SELECT run FROM comparison").fetchone()[0]
            self.assertIn(run_key.encode(), shown.stderr)
            findings = connection.execute("SELECT count(*) FROM v_finding").fetchone()[0]
            self.assertGreater(findings, 10)
            somebody = connection.execute("SELECT pseudonym FROM member_day WHERE group_id = 0 "
                                          "AND pseudonym <> 'P-0000000000000000'").fetchone()[0]
        told = json.loads(run("audit", database, "--group", self.groups[0], "--format", "json").stdout)
        confidences = [one["confidence"] for rule in told["rules"] for one in rule["findings"]]
        self.assertEqual(confidences, [None] * findings)
        erased = run("erase", database, "--sender", somebody)
        self.assertIn(f"{findings} kept findings and 1 kept comparison;".encode(), erased.stderr)
        self.assertNotIn(b"with this went", run("erase", database, "--sender", somebody).stderr)

    def test_the_report_stands_alone(self):
        page = self.dir / "rapport.html"
        for language in ("nl", "en"):
            result = run("report", self.database, "-o", page, "--lang", language)
            self.assertEqual(result.returncode, 0, result.stderr)
            text = page.read_text()
            self.assertIn("Content-Security-Policy", text)
            for reference in ("<script", "<link", "<img", " src=", "@import", "http:", "https:",
                              "url(/", "url(h", "url('", 'url("'):
                self.assertFalse(reference in text.lower(), f"the page holds {reference}")

    def test_a_report_never_overwrites_what_is_no_report(self):
        key = pathlib.Path(str(self.database) + ".key")
        for target in (self.database, key):
            before = target.read_bytes()
            self.refused("report", self.database, "-o", target, names=target.name)
            self.assertTrue(before == target.read_bytes())

    def test_times_in_utc_are_given_for_a_zone(self):
        export = CORPUS / "dst-fold.txt"
        plain = [json.loads(line) for line in run("parse", export).stdout.splitlines()]
        self.assertTrue(all("utc" not in one for one in plain))
        told = run("parse", export, "--tz", "Europe/Amsterdam")
        events = [json.loads(line) for line in told.stdout.splitlines()]
        self.assertEqual([one["utc"][11:] for one in events],
                         ["00:10:00Z", "00:50:00Z", "01:05:00Z", "02:01:00Z"])
        self.assertEqual([one | {"utc": None} for one in plain], [one | {"utc": None} for one in events])
        rows = list(csv.DictReader(io.StringIO(
            run("parse", export, "--tz", "Europe/Amsterdam", "--format", "csv").stdout.decode())))
        self.assertEqual([row["utc"] for row in rows], [one["utc"] for one in events])

    def test_several_exports_are_told_apart(self):
        rows = run("parse", *(self.dir / "demo" / group for group in self.groups)).stdout
        sources = {json.loads(row)["source"] for row in rows.splitlines()}
        self.assertEqual(len(sources), len(self.groups))

    def test_hidden_files_of_a_system_are_no_exports(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "chat.txt").write_text(EXPORT, encoding="utf-8")
            pathlib.Path(folder, "._chat.txt").write_bytes(b"\0\5\x16\7Mac OS X")
            result = run("parse", folder)
            self.assertEqual(result.stdout.count(b"\n"), 2, result.stderr)

    def test_a_folder_of_several_groups_is_not_one_group(self):
        self.refused("import", self.database, "--group", self.groups[0], self.dir / "demo",
                     names="folders")

    def refused(self, *args, names, leaves_nothing=()):
        """Exit 2, nothing on stdout, one line on stderr that holds `names`."""
        result = run(*args)
        error = result.stderr.decode()
        self.assertEqual(result.returncode, 2, (args, error))
        self.assertEqual(result.stdout, b"", args)
        self.assertEqual(error.count("\n"), 1, error)
        self.assertTrue(error.startswith("etherpeil: "), error)
        self.assertIn(str(names), error)
        for path in leaves_nothing:
            self.assertFalse(pathlib.Path(path).exists(), path)

    def test_bad_exports_get_one_line(self):
        for name in ("empty.txt", "document.pdf", "shopping-list.txt", "truncated.zip",
                     "encrypted.zip", "escaped-text.txt", "no-such-file.txt"):
            self.refused("parse", CORPUS / "refused" / name, names=name)
            self.refused("classify", CORPUS / "refused" / name, names=name)
            before = dump(self.database)
            self.refused("import", self.database, "--group", self.groups[0],
                         CORPUS / "refused" / name, names=name)
            self.assertTrue(before == dump(self.database), "the database changed")
        empty = self.dir / "empty-folder"
        empty.mkdir()
        self.refused("parse", empty, names=empty)

    def test_bad_studies_and_roles_name_the_place(self):
        bad = self.dir / "bad"
        bad.mkdir()

        def write(change):
            study = json.loads(json.dumps(self.study))
            change(study)
            (bad / "study.json").write_text(json.dumps(study))

        (bad / "roles.json").write_text((self.dir / "demo/roles.json").read_text())
        database = bad / "x.db"
        traces = (database, str(database) + ".key", str(database) + "-wal")
        init = ("init", database, "--study", bad / "study.json")

        write(lambda study: study["groups"][0].update(key=""))
        self.refused(*init, names="/groups/0/key", leaves_nothing=traces)
        write(lambda study: study["groups"][1]["interventions"][0].update(start="2021-02-30"))
        self.refused(*init, names="/groups/1/interventions/0/start", leaves_nothing=traces)
        write(lambda study: study.update(colour="blue"))
        self.refused(*init, names="/colour", leaves_nothing=traces)
        (bad / "study.json").write_text("{\n\"format\":\n")
        self.refused(*init, names="study.json:", leaves_nothing=traces)
        self.refused("init", database, "--study", bad / "none.json", names="none.json",
                     leaves_nothing=traces)
        write(lambda study: None)
        (bad / "roles.json").write_text('{"format":"etherpeil-roles/1","roles":[{"name":"Jan",'
                                        '"role":"burgemeester"}]}')
        self.refused(*init, names="/roles/0/role", leaves_nothing=traces)
        self.refused("classify", CORPUS / "android-dutch.txt", "--roles", bad / "roles.json",
                     names="/roles/0/role")

    def test_databases_that_are_not_ours_are_refused(self):
        foreign = self.dir / "foreign.db"
        with sqlite3.connect(foreign) as connection:
            connection.execute("CREATE TABLE t(x)")
        self.refused("metrics", foreign, names="foreign.db")
        newer = self.dir / "newer.db"
        newer.write_bytes(self.database.read_bytes())
        with sqlite3.connect(newer) as connection:
            connection.execute("PRAGMA user_version=999")
        self.refused("metrics", newer, names="newer.db")
        self.refused("metrics", CORPUS / "android-dutch.txt", names="android-dutch.txt")
        self.refused("metrics", self.dir / "none.db", names="none.db")
        self.refused("report", self.dir / "none.db", "-o", self.dir / "r.html", names="none.db",
                     leaves_nothing=[self.dir / "r.html"])
        self.refused("init", self.database, "--study", self.dir / "demo/study.json",
                     names="buurt.db")

    def test_wrong_words_are_named(self):
        export = CORPUS / "android-dutch.txt"
        for zone in ("Mars/Olympus", "europe/amsterdam"):
            self.refused("parse", export, "--tz", zone, names=zone)
        self.refused("parse", export, "--tz", "", names="--tz")
        self.refused("metrics", self.database, "--metric", "M999", names="M999")
        self.refused("metrics", self.database, "--group", "nergens", names="nergens")
        self.refused("metrics", self.database, "--period", "decade", names="decade")
        self.refused("compare", self.database, "--outcome", "M999", names="M999")
        self.refused("import", self.database, "--group", "nergens", CORPUS / "android-dutch.txt",
                     names="nergens")
        self.refused("demo", self.dir / "demo", names="demo")
        self.refused("fly", names="fly")

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            result = run("parse", self.dir / "demo" / self.groups[0], stdout=full)
        self.assertEqual(result.returncode, 2)
        self.refused("report", self.database, "-o", self.dir / "no/such/folder/r.html",
                     names="r.html")

    def test_standard_input_and_hostile_text(self):
        chat = (CORPUS / "injection-strings.txt").read_bytes()
        result = run("parse", "-", stdin=chat)
        self.assertFalse(b"\x1b" in result.stdout + result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 3)
        table = run("parse", "-", "--format", "csv", stdin=chat).stdout.decode()
        self.assertFalse("\x1b" in table or "\x07" in table or "\u202e" in table)
        for row in csv.reader(io.StringIO(table)):
            for cell in row:
                self.assertFalse(cell.startswith(("=", "+", "-", "@")), cell)

    def test_a_zip_whose_entry_names_lie_about_utf8_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "lie.zip")
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("WhatsApp Chat met X.txt", EXPORT)
            data = bytearray(path.read_bytes().replace(b"met X", b"met \x82"))
            for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
                data[data.index(mark) + flags + 1] |= 0x08
            path.write_bytes(data)
            result = run("parse", str(path), "--quiet")
            self.assertEqual(result.stdout.count(b"\n"), 2)
            # Without its directory it stays a damaged zip.
            path.write_bytes(data[:-30])
            result = run("parse", str(path))
            self.assertEqual(result.returncode, 2)
            self.assertIn(b"damaged", result.stderr)

    def test_lint_finds_what_is_odd_in_a_codebook_of_ones_own(self):
        self.assertEqual(run("codebook", "lint").returncode, 0)
        root = pathlib.Path(__file__).resolve().parent.parent / "lib" / "data"
        with tempfile.TemporaryDirectory() as folder:
            words = pathlib.Path(folder, "words.json")
            text = (root / "lexicon_nl.json").read_text(encoding="utf-8")
            words.write_text(text.replace('"terms": [', '"terms": ["zqx", "zqx", ', 1),
                             encoding="utf-8")
            book = str(root / "codebook_nl.json")
            result = run("codebook", "lint", "--codebook", book, "--lexicon", str(words))
            self.assertEqual(result.returncode, 1)
            self.assertIn(b"lint.duplicate-term", result.stderr)
            result = run("codebook", "lint", "--codebook", book)
            self.assertEqual(result.returncode, 2)
            words.write_text("{", encoding="utf-8")
            result = run("codebook", "lint", "--codebook", book, "--lexicon", str(words))
            self.assertEqual(result.returncode, 2)

    def test_evaluation_on_groups_that_trained_is_told(self):
        coded = str(pathlib.Path(__file__).resolve().parent / "labelled")
        result = run("evaluate", coded, "--groups", "breda")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"breda: 1 of 1 groups helped to train the model", result.stderr)
        self.assertIn(b"the figures flatter", result.stdout)
        result = run("evaluate", coded, "--groups", "breda", "--model", "rules")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertNotIn(b"flatter", result.stdout)

    def test_training_and_evaluation_say_what_is_missing(self):
        coded = str(pathlib.Path(__file__).resolve().parent / "labelled")
        with tempfile.TemporaryDirectory() as folder:
            out = str(pathlib.Path(folder, "m.json"))
            for arguments, said in (
                    (("train", folder, "--calibrate", "x", "-o", out), b"holds no codes"),
                    (("train", coded, "--calibrate", "nergens", "-o", out), b"nergens"),
                    (("train", coded, "--calibrate", "gent", "--without", "x", "-o", out), b'"x"'),
                    (("train", coded, "--calibrate", "gent", "-o", f"{folder}/nergens/m.json"),
                     b"no such folder"),
                    (("evaluate", coded, "--groups", "nergens"), b"nergens"),
                    (("evaluate", coded, "--model", "nergens.json"), b"nergens.json")):
                result = run(*arguments)
                self.assertEqual(result.returncode, 2, arguments)
                self.assertIn(said, result.stderr)
                self.assertEqual(result.stderr.count(b"\n"), 1)
                self.assertFalse(pathlib.Path(out).exists())

    def test_a_model_of_ones_own_labels_messages(self):
        answer = ("import json,sys\nfor line in sys.stdin:\n"
                  " m=json.loads(line)\n"
                  " print(json.dumps({'n':m['n'],'shares':%s}))\n")
        with tempfile.TemporaryDirectory() as folder:
            chat = pathlib.Path(folder, "chat.txt")
            chat.write_text(EXPORT, encoding="utf-8")
            program = pathlib.Path(folder, "own.py")
            def classify():
                return run("classify", chat, "--quiet", "--model",
                           f"command:{sys.executable} {program}")
            program.write_text(answer % "{'LOST':0.75,'OFF':0.25}", encoding="utf-8")
            labels = [json.loads(line) for line in classify().stdout.splitlines()]
            self.assertEqual([label["label"] for label in labels], ["LOST", "LOST"])
            self.assertEqual(labels[0]["probability"], 0.75)
            self.the_command_line_stays_out_of_the_database(
                f"command:{sys.executable} {program}", chat, folder)
            for bad, said in ((answer % "{'NOPE':1}", b"NOPE"),
                              (answer % "{'LOST':0.2}", b"sum to 1"),
                              ("print('x')", b"line 1"),
                              ("", b"sum to 1"),
                              ("raise SystemExit(3)", b"code 3")):
                program.write_text(bad, encoding="utf-8")
                result = classify()
                self.assertEqual(result.returncode, 2, bad)
                self.assertIn(said, result.stderr)
                self.assertEqual(result.stdout, b"")

    def test_an_erased_sender_is_in_no_file(self):
        folder = self.dir / "erase"
        folder.mkdir()
        database, key = folder / "x.db", self.dir / "erase.key"
        run("init", database, "--study", self.dir / "demo/study.json", "--key", key)
        chat = folder / "chat.txt"
        days = [f"{day:02}-05-2024 10:0{n} - {name}: Hoi {day}\n" for day in range(1, 9)
                for n, name in enumerate(("Jan de Vries", "~ Piet", "+31 6 12345678"))]
        chat.write_text("".join(days), encoding="utf-8")
        self.assertEqual(run("import", database, "--group", self.groups[0], chat,
                             "--key", key, "--quiet").returncode & 2, 0)
        chat.unlink()

        def pseudonyms():
            with sqlite3.connect(database) as connection:
                return {row[0] for row in
                        connection.execute("SELECT DISTINCT pseudonym FROM member_day")}

        everyone = pseudonyms()
        self.assertEqual(len(everyone), 3)
        for left, name in ((3, "Jan de Vries"), (2, "Piet"), (1, "0612345678")):
            gone = run("erase", database, "--sender", name, "--key", key)
            self.assertEqual(gone.returncode, 0, gone.stderr)
            self.assertEqual(gone.stderr.count(b"\n"), 1)
            self.assertIn(b"6 messages on 6 days", gone.stderr)
            self.assertEqual(len(pseudonyms()), left)
        for pseudonym in everyone:
            for path in folder.iterdir():
                self.assertFalse(pseudonym.encode() in path.read_bytes(), path)
        again = run("erase", database, "--sender", "Jan de Vries", "--key", key)
        self.assertEqual(again.returncode, 1)
        self.assertIn(b"knows no such sender", again.stderr)
        by_pseudonym = run("erase", database, "--sender", min(everyone), "--key", "no.key")
        self.assertEqual(by_pseudonym.returncode, 1)
        self.assertEqual(run("erase", database, "--group", self.groups[0]).returncode, 0)
        self.assertFalse(self.study["groups"][0]["name"].encode() in database.read_bytes())
        self.refused("erase", database, "--group", self.groups[0], names=self.groups[0])
        self.refused("erase", database, names="--sender")
        self.refused("erase", database, "--sender", "Jan", "--key", f"{self.database}.key",
                     names="another key")

    def test_data_that_are_kept_too_long_are_warned_about(self):
        folder = self.dir / "late"
        folder.mkdir()
        (folder / "roles.json").write_text((self.dir / "demo/roles.json").read_text())
        for day, code in (("2020-12-31", 1), ("2999-01-01", 0)):
            database = folder / f"{day}.db"
            (folder / "study.json").write_text(json.dumps({**self.study, "keep_until": day}))
            made = run("init", database, "--study", folder / "study.json")
            self.assertEqual(made.returncode, code, made.stderr)
            self.assertEqual(b"command.kept-too-long" in made.stderr, code == 1)
            for result in (run("metrics", database), run("report", database, "-o", "-"),
                           run("compare", database)):
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertEqual(b"command.kept-too-long" in result.stderr, code == 1)
            added = run("import", database, "--group", self.groups[0],
                        self.dir / "demo" / self.groups[0])
            self.assertEqual(b"command.kept-too-long" in added.stderr, code == 1)
            for what in (("--sender", json.loads((self.dir / "demo/roles.json").read_text())
                          ["groups"][self.groups[0]][0]["name"]), ("--group", self.groups[1])):
                erased = run("erase", database, *what)
                self.assertEqual(erased.returncode, code, erased.stderr)
                self.assertIn(b"erased", erased.stderr)
        (folder / "study.json").write_text(json.dumps({**self.study, "keep_until": "2021-02-29"}))
        self.refused("init", folder / "x.db", "--study", folder / "study.json",
                     names="/keep_until")

    def test_a_key_is_made_checked_and_destroyed(self):
        key = self.dir / "made.key"
        made = run("key", "create", key)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.refused("key", "create", key, names="exists")
        self.refused("key", "create", "-", names="name a file")
        self.assertEqual(run("key", "check", key).returncode, 0)
        self.refused("key", "check", key, self.database, names="another key")
        self.assertEqual(run("key", "check", f"{self.database}.key", self.database).returncode, 0)
        key.chmod(0o640)
        self.refused("key", "check", key, names="chmod 600")
        self.refused("key", "destroy", self.database, names="is no key")
        gone = run("key", "destroy", key)
        self.assertEqual(gone.returncode, 0)
        self.assertIn(b"can no longer be linked", gone.stderr)
        self.assertFalse(key.exists())
        self.refused("key", "check", key, names="no such key")

    def test_redaction_hides_names_and_numbers(self):
        chat = self.dir / "redact.txt"
        chat.write_text("13-05-2024 10:00 - Xandra Vink: Bel 06-12345678 of joost, NL91ABNA0417164300\n"
                        "13-05-2024 10:01 - Joost: xandra het was 24-PJX-1 op Kerkstraat 12\n",
                        encoding="utf-8")
        for form in ("ndjson", "csv"):
            shown = run("classify", chat, "--redact", "--quiet", "--format", form).stdout.lower()
            for hidden in (b"xandra", b"vink", b"joost", b"1234", b"nl91", b"pjx", b"kerkstraat"):
                self.assertFalse(hidden in shown, hidden)
            self.assertIn(b"[lid 1]", shown)
            self.assertIn(b"[telefoon]", shown)
        self.refused("classify", chat, "--redact", "--explain", names="--redact")

    def the_command_line_stays_out_of_the_database(self, model, chat, folder):
        database = pathlib.Path(folder, "own.db")
        run("init", database, "--study", self.dir / "demo/study.json")
        made = run("import", database, "--group", self.groups[0], "--model", model, chat)
        self.assertIn(made.returncode, (0, 1), made.stderr)
        stored = dump(database)
        self.assertIn("command:python3", stored)
        self.assertNotIn("own.py", stored)

    def test_an_export_holds_no_small_cell(self):
        for form, separator in (("csv", ","), ("csv-nl", ";")):
            folder = self.dir / form
            made = run("export", self.database, "--format", form, "-o", f"{folder}/")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertEqual(sorted(path.name for path in folder.iterdir()),
                             ["LEESMIJ.txt", "codebook.csv", "labels.csv", "periods.csv"])
            text = (folder / "periods.csv").read_text(encoding="utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
            self.assertEqual({row["group"] for row in rows}, set(self.groups))
            shown = [row for row in rows if row["messages_hidden"] == "0"]
            self.assertGreater(len(shown), 10)
            for row in rows:
                self.assertEqual(row["messages"] == "", row["messages_hidden"] == "1")
                self.assertNotIn(row["senders"], ("1", "2", "3", "4"))
            meanings = (folder / "codebook.csv").read_text(encoding="utf-8-sig")
            for column in rows[0]:
                self.assertIn(column, meanings)
            self.assertFalse("P-" in text)
            self.refused("export", self.database, "-o", folder, names="not empty")

    def test_an_export_hides_reports_of_few_people(self):
        folder = self.dir / "few-reporters"
        folder.mkdir()
        database, chat = folder / "x.db", folder / "chat.txt"
        run("init", database, "--study", self.dir / "demo/study.json")
        people = ["Jan", "Piet", "Els", "Kees", "Mia", "Bas", "Tom", "Ria"]
        words = "Er loopt een verdachte man aan autodeuren te voelen, 112 gebeld"
        lines = []
        for month in range(1, 13):
            # Eight write each month; who reports is few in the first half.
            reporters = people[:2] if month <= 6 else people
            for day in range(1, 25):
                report = day % 3 == 0
                who = reporters[day // 3 % len(reporters)] if report else people[day % 8]
                text = f"{words} {month} {day}" if report else f"Mooi weer hoor {day}"
                lines.append(f"{day:02}-{month:02}-2024 {10 + day % 8}:00 - {who}: {text}\n")
        chat.write_text("".join(lines), encoding="utf-8")
        added = run("import", database, "--group", self.groups[0], chat, "--date-order", "dmy",
                    "--model", "rules")
        self.assertIn(b"added", added.stderr)
        made = run("export", database, "--format", "csv", "-o", folder / "out/")
        self.assertEqual(made.returncode, 0, made.stderr)
        text = (folder / "out/periods.csv").read_text(encoding="utf-8-sig")
        with sqlite3.connect(database) as connection:
            truth = {month: (reports, reporters) for month, reports, reporters in connection.execute(
                "SELECT substr(time, 1, 7), count(*), count(DISTINCT reporter) FROM incident "
                "GROUP BY 1")}
        seen = {"0": 0, "1": 0}
        for row in csv.DictReader(io.StringIO(text)):
            if row["period_kind"] != "month" or row["group"] != self.groups[0]:
                continue
            self.assertEqual(row["messages_hidden"], "0", row)  # so what follows is the reports'
            reports, reporters = truth[row["period"]]
            seen[row["incidents_hidden"]] += 1
            if reporters < 5:
                self.assertEqual((row["incidents_hidden"], row["incidents"]), ("1", ""), row)
            elif row["incidents_hidden"] == "0":
                self.assertEqual(row["incidents"], str(reports), row)
        self.assertGreater(min(seen.values()), 2, seen)

    def test_a_demo_that_is_stopped_leaves_nothing(self):
        folder = self.dir / "stopped"
        for there in (False, True):
            if there:
                folder.mkdir()
            work = subprocess.Popen([COMMAND, "demo", folder, "--groups", "2000",
                                     "--messages-per-day", "200"], stderr=subprocess.PIPE)
            while work.poll() is None and not (folder / "truth").exists():
                time.sleep(0.01)
            work.send_signal(signal.SIGINT)
            self.assertEqual(work.wait(), -signal.SIGINT, work.stderr.read())
            work.stderr.close()
            self.assertEqual((folder.exists(), list(folder.glob("*"))), (there, []))

    def test_the_consent_list_masks_and_drops_but_keeps_counts(self):
        folder = self.dir / "consent"
        folder.mkdir()
        database, chat = folder / "x.db", folder / "chat.txt"
        run("init", database, "--study", self.dir / "demo/study.json")
        words = "Er loopt een verdachte man aan autodeuren te voelen, 112 gebeld"
        chat.write_text("".join(
            f"{day:02}-05-2024 1{n}:00 - {name}: {words if n < 3 else 'Ik kijk'} {day}\n"
            for day in range(1, 21) for n, name in enumerate(("Jan", "~ Piet", "Els", "Kees"))),
            encoding="utf-8")
        pathlib.Path(f"{database}.consent").write_text("# wie niet wil\nJan\nPiet\tdrop\n")

        def added():
            return run("import", database, "--group", self.groups[0], chat, "--date-order", "dmy",
                       "--model", "rules")

        first = added()
        self.assertIn(b"2 of the consent list", first.stderr)
        with sqlite3.connect(database) as connection:
            def ask(sql):
                return connection.execute(sql).fetchall()
            self.assertEqual(ask("SELECT count(DISTINCT pseudonym) FROM member_day"), [(3,)])
            self.assertEqual(ask("SELECT sum(messages) FROM member_day"), [(72,)])
            self.assertEqual(ask("SELECT sum(messages) FROM member_day WHERE pseudonym = "
                                 "'P-0000000000000000'"), [(36,)])
            # Jan's reports stay, nobody made them; Piet's words were not read.
            self.assertEqual(ask("SELECT sum(messages) FROM day_label NATURAL JOIN label "
                                 "WHERE function = 'report'"), [(36,)])
        self.assertIn(b"was there already", added().stderr)
        # Who is added later goes at the next import, whatever it brings.
        pathlib.Path(f"{database}.consent").write_text("Jan\nPiet\tdrop\nEls\n")
        self.assertIn(b"1 of the consent list", added().stderr)
        pathlib.Path(f"{database}.consent").write_text("Jan\tweg\n")
        self.refused("import", database, "--group", self.groups[0], chat, names="x.db.consent:1")
        self.refused("import", database, "--group", self.groups[0], chat, "--consent", "no.list",
                     names="no.list")

    def test_rows_and_words_are_kept_when_asked_for_only(self):
        folder = self.dir / "depths"
        folder.mkdir()
        database, chat = folder / "x.db", folder / "chat.txt"
        vault = folder / "x.db.vault"
        run("init", database, "--study", self.dir / "demo/study.json")
        chat.write_text("".join(
            f"{day:02}-05-2024 1{n}:00 - {name}: {words} {day}\n"
            for day in range(1, 21) for n, (name, words) in enumerate((
                ("Jan", "Er loopt een verdachte man bij de molen"), ("Els", "Jan, ik kijk even")))),
            encoding="utf-8")

        def added(*options):
            return run("import", database, "--group", self.groups[0], chat, "--date-order", "dmy",
                       "--model", "rules", *options)

        def rows():
            with sqlite3.connect(database) as connection:
                return connection.execute("SELECT count(*) FROM v_message").fetchone()[0]

        added()
        self.assertFalse(vault.exists())
        self.assertEqual(rows(), 0)
        added("--with-rows")
        self.assertEqual(rows(), 36)
        self.assertFalse(vault.exists())
        added("--keep-text")
        self.assertEqual(vault.stat().st_mode & 0o777, 0o600)
        self.assertIn(b"bij de molen", vault.read_bytes())
        self.assertNotIn(b"bij de molen", database.read_bytes())
        self.assertIn(b"was there already", added("--keep-text", "--with-rows").stderr)
        gone = run("erase", database, "--sender", "Jan")
        self.assertIn(b"36 texts removed from the vault", gone.stderr)
        self.assertNotIn(b"molen", vault.read_bytes())
        self.assertEqual(rows(), 36)
        vault.chmod(0o644)
        self.refused("import", database, "--group", self.groups[0], chat, "--keep-text",
                     names="x.db.vault")

    def test_the_consent_list_holds_for_a_person_of_two_address_books(self):
        folder = self.dir / "phones"
        folder.mkdir()
        words = "Er loopt een verdachte man aan autodeuren te voelen, 112 gebeld"
        people = (("Jan de Vries", "Jan Buurman nr 12"), ("Els", "Els"), ("Kees", "Kees K."))
        for phone in (0, 1):
            (folder / f"p{phone}.txt").write_text("".join(
                f"{day:02}-05-2024 1{n}:00 - {names[phone]}: {words} bij huis {day * 7 + n}\n"
                for day in range(1 + 3 * phone, 29) for n, names in enumerate(people)))

        def imported(name, consent):
            database = folder / name
            run("init", database, "--study", self.dir / "demo/study.json")
            pathlib.Path(f"{database}.consent").write_text(consent)
            added = run("import", database, "--group", self.groups[0], folder / "p0.txt",
                        folder / "p1.txt", "--date-order", "dmy", "--model", "rules")
            with sqlite3.connect(database) as connection:
                ask = lambda sql: connection.execute(sql).fetchone()[0]
                return (added, ask("SELECT sum(messages) FROM member_day"),
                        ask("SELECT count(DISTINCT pseudonym) FROM member_day"),
                        ask("SELECT total(messages) FROM member_day WHERE pseudonym = "
                            "'P-0000000000000000'"),
                        ask("SELECT total(messages) FROM day_label NATURAL JOIN label "
                            "WHERE function = 'report'"))

        self.assertEqual(imported("all.db", "")[1:], (78, 3, 0, 78))
        for name in people[0]:
            added, *counts = imported(f"mask-{name}.db", f"{name}\n")
            self.assertIn(b"1 of the consent list", added.stderr)
            self.assertEqual(counts, [78, 3, 26, 78])
            added, *counts = imported(f"drop-{name}.db", f"{name}\tdrop\n")
            self.assertIn(b"1 of the consent list", added.stderr)
            self.assertEqual(counts, [78, 3, 26, 52])
            # By the name in the other phone he is found once the list has it.
            other = folder / f"later-{name}.db"
            imported(other.name, "")
            erased = run("erase", other, "--sender", people[0][1])
            known = erased.returncode == 0
            pathlib.Path(f"{other}.consent").write_text(people[0][1] + "\n")
            again = run("import", other, "--group", self.groups[0], folder / "p0.txt",
                        folder / "p1.txt", "--date-order", "dmy", "--model", "rules")
            self.assertTrue(known or b".consent" in erased.stderr, erased.stderr)
            self.assertIn(again.returncode, (0, 1), again.stderr)
            with sqlite3.connect(other) as connection:
                self.assertEqual(connection.execute(
                    "SELECT total(messages) FROM member_day WHERE pseudonym = "
                    "'P-0000000000000000'").fetchone(), (26,))
            # A message that is not read was not deleted by its author.
            deleted = json.loads(run("metrics", folder / f"drop-{name}.db", "--period", "all",
                                     "--metric", "M36.deleted", "--format", "json").stdout)
            self.assertEqual([row["numerator"] for row in deleted], [0])

    def test_the_consent_list_and_the_exporter_must_name_somebody(self):
        folder = self.dir / "nobody"
        folder.mkdir()
        database, chat = folder / "x.db", folder / "chat.txt"
        study = json.loads((self.dir / "demo/study.json").read_text())
        del study["groups"][1:]
        study.pop("roles", None)
        (folder / "study.json").write_text(json.dumps(study))
        chat.write_text("".join(f"{day:02}-05-2024 10:00 - {name}: Hoi allemaal {day}\n"
                                for day in range(1, 21) for name in ("Jan", "Els")))
        run("init", database, "--study", folder / "study.json")

        def added(consent, *more):
            pathlib.Path(f"{database}.consent").write_text(consent)
            return run("import", database, "--group", self.groups[0], chat, "--date-order", "dmy",
                       "--model", "rules", *more)

        for line in ("Jan drop", "Jan   mask"):
            result = added(f"# wie niet wil\n{line}\n")
            self.assertEqual(result.returncode, 2)
            self.assertIn(b"x.db.consent:2", result.stderr)
            self.assertIn(b"tab", result.stderr)
        result = added("Jan\nJans\tdrop\n\n", "--exporter", "Els")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"x.db.consent:2: warning", result.stderr)
        self.assertIn(b"[consent.names-nobody]", result.stderr)
        self.assertFalse(b"x.db.consent:1" in result.stderr)
        self.assertFalse(b"Jans" in result.stderr)
        self.assertIn(b"--exporter", result.stderr)
        self.assertIn(b"[command.exporter-names-nobody]", result.stderr)

    def test_a_line_of_the_consent_list_warns_until_it_fits_somebody(self):
        folder = self.dir / "misspelt"
        folder.mkdir()
        database = folder / "x.db"
        study = json.loads((self.dir / "demo/study.json").read_text())
        study.pop("roles", None)
        (folder / "study.json").write_text(json.dumps(study))
        run("init", database, "--study", folder / "study.json")
        chats = []
        for people in (("Jan", "Els"), ("Kees", "Mo")):
            chats.append(folder / f"{people[0]}.txt")
            chats[-1].write_text("".join(
                f"{day:02}-05-2024 10:00 - {name}: Hoi allemaal {day} van {name}\n"
                for day in range(1, 21) for name in people))

        def added(consent, number):
            pathlib.Path(f"{database}.consent").write_text(consent)
            return run("import", database, "--group", self.groups[number], chats[number],
                       "--date-order", "dmy", "--model", "rules")

        first = added("Jan\nKees\n", 0)
        self.assertEqual(first.returncode, 1)
        self.assertIn(b"x.db.consent:2: warning", first.stderr)
        self.assertNotIn(b"x.db.consent:1:", first.stderr)
        # Also when nothing is new; and no more once each line fitted in some group.
        self.assertEqual(added("Jan\nKees\n", 0).returncode, 1)
        self.assertEqual(added("Jan\nKees\n", 1).returncode, 0)
        self.assertEqual(added("Jan\nKees\n", 0).returncode, 0)
        # Who is masked by name later has matched, wherever he wrote.
        self.assertEqual(added("Jan\nKees\nEls\n", 1).returncode, 0)
        self.assertEqual(added("Jan\nKees\nEls\nElss\n", 1).returncode, 1)

    def test_a_wrong_key_is_refused_before_anything_else(self):
        wrong = self.dir / "wrong.key"
        wrong.write_text("ab" * 32 + "\n")
        wrong.chmod(0o600)
        group = self.groups[0]
        self.refused("import", self.database, "--group", group, self.dir / "demo" / group,
                     "--key", wrong, names="another key")

    def test_files_with_data_of_people_are_for_their_owner_alone(self):
        old = os.umask(0o022)
        try:
            database, page = self.dir / "own.db", self.dir / "own.html"
            run("init", database, "--study", self.dir / "demo/study.json")
            group = self.groups[0]
            run("import", database, "--group", group, self.dir / "demo" / group, "--model", "rules")
            run("audit", self.dir / "demo" / group, "--keep-names", "-o", page)
            for file in (database, page):
                self.assertEqual(file.stat().st_mode & 0o777, 0o600, file.name)
        finally:
            os.umask(old)

    def test_a_damaged_database_is_not_written_to(self):
        # SQLite's own copy: the log of the database may hold its last pages.
        damaged = self.dir / "damaged.db"
        with sqlite3.connect(self.database) as source, sqlite3.connect(damaged) as target:
            source.backup(target)
        content = bytearray(damaged.read_bytes())
        page = len(content) // 4096 // 2 * 4096
        content[page:page + 4096] = b"\xa5" * 4096
        damaged.write_bytes(content)
        key = str(self.database) + ".key"
        chat = self.dir / "damaged.txt"
        chat.write_text("".join(f"{day:02}-05-2031 10:00 - Jan: Hoi {day}\n" for day in range(1, 29)))
        self.refused("import", "--quiet", damaged, "--group", self.groups[0], chat, "--key", key, "--model",
                     "rules", "--date-order", "dmy", names="is damaged")
        self.refused("erase", damaged, "--sender", "Jan", "--key", key, names="is damaged")
        with sqlite3.connect(damaged) as connection:
            self.assertNotEqual(connection.execute("PRAGMA quick_check(1)").fetchone(), ("ok",))
        self.assertEqual(damaged.read_bytes()[page:page + 4096], b"\xa5" * 4096)

    def test_what_import_leaves_out_is_said(self):
        folder = self.dir / "left-out"
        (folder / "in").mkdir(parents=True)
        chats = ["".join(f"{day:02}-05-2024 10:{n:02} - {name}: {words} {day * n}\n"
                         for day in range(1, 21) for n, name in enumerate(names))
                 for names, words in ((("Jan", "Els", "Kees"), "Hoi allemaal"), (("Mo", "Ans"), "Dag"))]
        study = json.loads((self.dir / "demo/study.json").read_text())
        study.pop("roles", None)
        (folder / "study.json").write_text(json.dumps(study))
        (folder / "in/chat.txt").write_text(chats[0])
        (folder / "in/notes.txt").write_text("Vragen aan Els: hoe laat?\n")
        with zipfile.ZipFile(folder / "two.zip", "w") as archive:
            archive.writestr("een.txt", chats[0])
            archive.writestr("twee.txt", chats[1])
        with zipfile.ZipFile(folder / "one.zip", "w") as archive:
            archive.writestr("een.txt", chats[0])
            archive.writestr("notes.txt", "Vragen aan Els: hoe laat?\n")

        def added(name, source):
            database = folder / name
            made = run("init", database, "--study", folder / "study.json")
            self.assertEqual(made.returncode, 0, made.stderr)
            result = run("import", database, "--group", self.groups[0], source, "--date-order",
                         "dmy", "--model", "rules")
            self.assertIn(b"of 60 and", result.stderr)
            return result

        stray = added("stray.db", folder / "in")
        self.assertEqual(stray.returncode, 1, stray.stderr)
        self.assertIn(b"notes.txt: warning", stray.stderr)
        self.assertIn(b"[command.not-an-export]", stray.stderr)
        two = added("two.db", folder / "two.zip")
        self.assertEqual(two.returncode, 1, two.stderr)
        self.assertIn(b"[command.other-chats]", two.stderr)
        one = added("one.db", folder / "one.zip")
        self.assertEqual(one.returncode, 0, one.stderr)
        # Named, or alone, it is a mistake.
        self.refused("import", folder / "one.db", "--group", self.groups[0],
                     folder / "in/notes.txt", names="notes.txt")
        (folder / "in/chat.txt").unlink()
        self.refused("import", folder / "one.db", "--group", self.groups[0], folder / "in",
                     names="notes.txt")

    def test_help_on_every_level_shows_an_example(self):
        self.assertIn(b"Example", run("--help").stdout)
        for name in ("parse", "classify", "audit", "codebook", "train", "evaluate", "init", "erase", "key", "import", "metrics",
                     "compare", "report", "export",
                     "demo"):
            result = run(name, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn(b"Example", result.stdout)


if __name__ == "__main__":
    unittest.main()
