#!/usr/bin/env python3
"""Every metric of a study database again, from SQL and Python alone.

usage: recompute.py DB METRICS.json...

Reads the database with sqlite3 (the messages from their bytes, by
lib/data/README.md) and compares numerator, denominator, value and midpoint of
every metric in the files that `etherpeil metrics --format json` wrote. Shares
no code with the engine and knows nothing of metrics.json: each metric stands
here as its formula.
"""
import bisect
import datetime as dt
import json
import math
import sqlite3
import sys
from collections import Counter, defaultdict

NAN = math.nan
EPOCH = dt.datetime(1970, 1, 1)
OFF = {"SOC", "OFF", "LOST"}
NOISE = OFF | {"REACT"}
PRO = {"politie", "gemeente"}
POLICE = {"police_112", "police_0900", "police_generic", "contact_failed", "contact_intended"}
CALL = POLICE - {"contact_failed"}
ROLES = ["onbekend", "bewoner", "beheerder", "politie", "gemeente", "ondernemer", "zorg"]
DELETED = 2  # Kind::deleted
DAY = 86400


def day_of(seconds):
    return seconds // DAY


def seconds_of(iso):
    return int((dt.datetime.fromisoformat(iso) - EPOCH).total_seconds())


def iso_day(day):
    return (EPOCH + dt.timedelta(days=day)).date().isoformat()


def reminds(m):
    return m.label == "MOD" and "mod_reminder" in m.attrs


class Message:
    __slots__ = ("line", "time", "who", "role", "kind", "label", "attrs", "root", "flags", "file",
                 "incident")


def numbers(data):
    """LEB128."""
    out, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        if byte < 128:
            out.append(value)
            value, shift = 0, 0
        else:
            shift += 7
    return out


def read_segment(row, labels, attributes):
    count, people, blob = row["messages"], row["people"].split(), row["columns"]
    columns, at = {}, 0

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = blob[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    while at < len(blob):
        key = number()
        size = number()
        columns[key] = numbers(blob[at:at + size])
        at += size
    zeros = [0] * count
    column = lambda key: columns.get(key, zeros)
    messages, line, time, a = [], 0, 0, 0
    for i in range(count):
        m = Message()
        line += column(1)[i]
        step = column(2)[i]
        time += step // 2 if step % 2 == 0 else -(step + 1) // 2
        m.line, m.time = line, time
        m.who, m.role, m.kind = people[column(3)[i]], ROLES[column(4)[i]], column(5)[i] % 16
        m.label = labels[column(6)[i] - 1] if column(6)[i] else None
        n = column(7)[a] if 7 in columns else 0
        m.attrs = {attributes[k] for k in column(7)[a + 1:a + 1 + n]} if n else set()
        a += 1 + n
        back = column(8)[i]
        m.root = line - back + 1 if back else 0
        m.flags = column(9)[i]
        m.file, m.incident = row["file_first_day"], None
        messages.append(m)
    return messages


class Study:
    def __init__(self, path):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        self.db = db
        self.labels = [r["key"] for r in db.execute("SELECT key FROM label ORDER BY label_id")]
        self.function = {r["key"]: r["function"] for r in db.execute("SELECT key, function FROM label")}
        self.safety = {r["key"] for r in db.execute("SELECT key FROM label WHERE safety")}
        self.attributes = [r["key"] for r in db.execute("SELECT key FROM attribute ORDER BY attribute_id")]
        self.police_group = {r["key"] for r in db.execute(
            "SELECT key FROM attribute WHERE attribute_group = 'police'")}
        self.groups = {r["key"]: GroupData(self, r) for r in db.execute(
            "SELECT * FROM study_group ORDER BY group_id")}


class GroupData:
    def __init__(self, study, row):
        db, g = study.db, row["group_id"]
        self.study, self.id, self.key, self.stated = study, g, row["key"], row["members"]
        self.days = sorted(seconds_of(r["day"]) // DAY for r in db.execute(
            "SELECT day FROM observed_day WHERE group_id = ?", (g,)))
        self.observed = set(self.days)
        start = db.execute("SELECT min(start_day) FROM intervention WHERE group_id = ?", (g,)).fetchone()[0]
        self.start = seconds_of(start) // DAY if start else None
        self.messages = []
        for r in db.execute("SELECT * FROM segment WHERE group_id = ? ORDER BY file_first_day, month", (g,)):
            self.messages += read_segment(r, study.labels, study.attributes)
        self.messages.sort(key=lambda m: m.time)  # stable
        self.incidents = []
        files = sorted(r["first_day"] for r in db.execute(
            "SELECT first_day FROM export_file WHERE group_id = ?", (g,)))
        by_root = {}
        for r in db.execute("SELECT i.*, l.key AS label FROM incident i JOIN label l USING (label_id) "
                            "WHERE group_id = ? ORDER BY day, line", (g,)):
            incident = dict(r)
            incident["t"] = seconds_of(r["time"])
            incident["root_attrs"] = {a for k, a in enumerate(study.attributes) if r["root_attributes"] >> k & 1}
            incident["attrs"] = {a for k, a in enumerate(study.attributes) if r["attributes"] >> k & 1}
            incident["list"] = []
            file = [f for f in files if f <= r["day"]][-1]
            by_root[file, r["line"]] = incident
            self.incidents.append(incident)
        for m in self.messages:
            m.incident = by_root.get((m.file, m.root)) if m.root else None
            if m.incident:
                m.incident["list"].append(m)
        self.times = [m.time for m in self.messages]
        self.moves = [dict(r) for r in db.execute(
            "SELECT * FROM membership WHERE group_id = ? ORDER BY day, line", (g,))]
        self.members = self.members_per_day()

    def window(self, first, last):
        """Messages from `first` to `last`, both included."""
        return self.messages[bisect.bisect_left(self.times, first):bisect.bisect_right(self.times, last)]

    def members_per_day(self):
        first, last = {}, {}
        for m in self.messages:
            d = day_of(m.time)
            first[m.who] = min(d, first.get(m.who, d))
            last[m.who] = max(d, last.get(m.who, d))
        if not self.moves:
            return {d: len(first) if self.stated is None else self.stated for d in self.days}
        joins, leaves = Counter(), Counter()
        for move in self.moves:
            out = move["event"] in ("member_left", "member_removed")
            (leaves if out else joins)[seconds_of(move["day"]) // DAY] += move["people"]
        level, base, least, net = 0, 0, 0, {}
        for d in self.days:
            net[d] = level + joins[d]
            level = net[d] - leaves[d]
            present = sum(first[w] <= d <= last[w] for w in first)
            least = max(least, -level)
            base = max(base, present - net[d], least)
        if self.stated is not None and net:
            base = max(least, math.floor(self.stated - sum(net.values()) / len(net) + 0.5))
        return {d: base + net[d] for d in self.days}


def gini(values):
    n, total = len(values), sum(values)
    if not total:
        return NAN
    return sum(abs(a - b) for a in values for b in values) / (2 * n * total)


def quantile(values, p):
    if not values:
        return NAN
    values = sorted(values)
    at = p * (len(values) - 1)
    low = math.floor(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def survival(times, q, unit):
    """(events, all, left end, R's midpoint) of a Kaplan-Meier quantile."""
    steps, s = [], 1.0
    for moment in sorted({t for t, seen in times if seen}):
        risk = sum(t >= moment for t, _ in times)
        s *= 1 - sum(seen and t == moment for t, seen in times) / risk
        steps.append((moment, s))
    value = midpoint = NAN
    for i, (moment, s) in enumerate(steps):
        if s <= 1 - q + 1e-9:
            value = midpoint = moment
            if abs(s - (1 - q)) < 1e-9 and i + 1 < len(steps):
                midpoint = (moment + steps[i + 1][0]) / 2
            break
    return sum(seen for _, seen in times), len(times), value / unit, midpoint / unit


class Part:
    """One group on some of its observed days."""

    def __init__(self, group, days):
        self.g, self.days = group, sorted(days)
        self.set = set(days)
        self.first, self.last = self.days[0], self.days[-1]
        self.all = [m for m in group.messages if day_of(m.time) in self.set]
        self.coded = [m for m in self.all if m.label]
        self.r = [i for i in group.incidents if day_of(i["t"]) in self.set]
        self.rs = [i for i in self.r if i["label"] in group.study.safety]
        self.member_days = sum(group.members[d] for d in self.days)
        self.senders = Counter(m.who for m in self.all)
        mean = math.floor(self.member_days / len(self.days) + 0.5)
        self.members = max(mean, len(self.senders))
        self.out = {}

    # -- helpers

    def n(self, test=lambda m: True):
        return sum(1 for m in self.coded if test(m))

    def put(self, key, above, below, scale):
        self.out[key] = (above, below, scale * above / below if below else NAN, NAN)

    def per_days(self, key, above, scale=30):
        self.put(key, above, len(self.days), scale)

    def share(self, key, above, below, scale=100):
        self.put(key, above, below, scale)

    def reports(self, key, base, test, scale=100):
        self.put(key, sum(1 for i in base if test(i)), len(base), scale)

    def small(self, key):
        if not self.out[key][1] >= 5:
            self.out[key] = (NAN, NAN, NAN, NAN)

    @staticmethod
    def night(m):
        hour = m.time % DAY // 3600
        return hour >= 22 or hour < 8

    # -- the catalogue

    def compute(self):
        self.volume()
        self.talk()
        self.completeness()
        self.moderation()
        self.answers()
        self.people()
        self.control()
        return self.out

    def volume(self):
        n, r = self.n(), len(self.r)
        self.per_days("M01", n)
        self.put("M02", n, self.member_days, 30)
        self.share("M03", len(self.senders), self.members)
        self.per_days("M04", r)
        self.put("M04.members", r, self.member_days, 3000)
        self.per_days("M04.safety", len(self.rs))
        self.put("M04.safety-members", len(self.rs), self.member_days, 3000)
        self.share("M05", r, n)
        for label in ("INC", "VERD", "OVER"):
            self.reports("M06." + label, self.r, lambda i: i["label"] == label)
        busy = {day_of(m.time) for m in self.coded}
        self.share("M07", sum(d not in busy for d in self.days), len(self.days))
        longest = run = 0
        for d in range(self.first, self.last + 1):
            run = run + 1 if d in self.set and d not in busy else 0
            longest = max(longest, run)
        self.out["M07.gap"] = (longest, len(self.days), longest, NAN)
        sizes = [i["messages"] for i in self.r]
        for key, p in (("M08", 0.5), ("M08.p90", 0.9)):
            self.out[key] = (sum(sizes), len(sizes), quantile(sizes, p), NAN)

    def talk(self):
        n = self.n()
        label = lambda *keys: (lambda m: m.label in keys)
        self.share("M10", self.n(label("SOC")), n)
        self.share("M11", self.n(label("REACT")), n)
        self.share("M11.emoji", self.n(lambda m: "emoji_only" in m.attrs), n)
        self.share("M12", self.n(label(*OFF)), n)
        self.share("M12.strict", self.n(label(*NOISE)), n)
        self.put("M13", self.n(label(*NOISE)), len(self.r), 1)
        inside = [m for m in self.coded if m.flags & 4 and not m.flags & 2]
        self.share("M14", sum(m.label in ("REACT", "SOC") for m in inside), len(inside))
        nights = [m for m in self.coded if self.night(m)]
        self.share("M19", len(nights), n)
        self.share("M19.noise", sum(not m.flags & 4 for m in nights), len(nights))
        has = lambda *keys: (lambda m: bool(m.attrs & set(keys)))
        for key, attribute in (("house", "house_nr"), ("name", "pii_name"), ("phone", "pii_phone"),
                               ("plate", "plate")):
            self.share("M21." + key, self.n(has(attribute)), n)
        self.share("M21.photo", self.n(
            lambda m: "photo" in m.attrs and m.role not in PRO and m.incident is not None
            and m.incident["label"] in self.g.study.safety), n)
        self.share("M22", self.n(has("offensive", "discriminatory")), n, 1000)
        self.reports("M23", self.rs, lambda i: "eigenrichting" in i["attrs"])
        self.share("M24", self.n(has("self_correction")), n)
        alarm = [m for m in self.coded if m.label in ("INC", "VERD")]
        self.per_days("M72", len(alarm), 7)
        self.share("M72.days", len({day_of(m.time) for m in alarm}), len(self.days))
        self.share("M73", self.n(lambda m: (m.label == "SOC" and "conflict" not in m.attrs)
                                 or "thanks" in m.attrs), n)
        self.share("M74", self.n(has("conflict")), n, 1000)
        self.put("M75", len(self.rs), self.n(label("TERUG")), 1)
        self.share("M95", n - self.n(label("ONB")), n)
        self.share("M95.doubt", self.n(lambda m: m.flags & 1), n)

    def completeness(self):
        urgent = [i for i in self.rs if "urgency_2" in i["root_attrs"]]
        self.reports("M15", urgent, lambda i: any(
            m.label and m.attrs & POLICE and m.who == i["reporter"]
            for m in self.g.window(i["t"], i["t"] + 600)))
        self.reports("M16", self.rs, lambda i: bool(i["attrs"] & self.g.study.police_group))
        for key in ("112", "0900", "generic"):
            self.reports("M16." + key, self.rs, lambda i: "police_" + key in i["attrs"])
        callers = [len({m.who for m in i["list"] if m.label and m.attrs & CALL}) for i in self.r]
        self.share("M17", sum(c >= 2 for c in callers), sum(c >= 1 for c in callers))
        total = 0
        for bit, key in enumerate(("where", "what", "who", "when", "police", "request"), 1):
            self.reports("M18." + key, self.r, lambda i: i["slots"] >> bit & 1)
            total += self.out["M18." + key][0]
        self.put("M18", total, len(self.r), 1)
        burst = sum(sum(m.who == i["reporter"] and m.time <= i["t"] + 180 for m in i["list"]) for i in self.r)
        self.put("M18.burst", burst, len(self.r), 1)
        self.reports("M20", self.r, lambda i: "time_earlier" in i["root_attrs"])
        person = [i for i in self.r if i["root_attrs"]
                  & {"descr_appearance", "descr_clothing_build", "descr_origin", "person"}]
        self.reports("M80", person, lambda i: "descr_origin" in i["root_attrs"])
        self.reports("M81", person, lambda i: "appearance_only" in i["root_attrs"])
        described = sum(len(i["root_attrs"] & {"descr_clothing_build", "descr_appearance", "descr_vehicle",
                                               "plate", "behaviour"}) for i in person)
        self.put("M82", described, len(person), 1)
        only = [i for i in self.r if "appearance_only" in i["root_attrs"]]
        self.reports("M83", only, lambda i: any(
            m.who != i["reporter"] and m.label and ("challenge_profiling" in m.attrs or reminds(m))
            for m in self.g.window(i["t"], i["t"] + 3600)))
        for key in ("M80", "M81", "M82", "M83"):
            self.small(key)

    def moderation(self):
        mods = [m for m in self.coded if m.label == "MOD"]
        reminders = [m for m in mods if reminds(m)]
        self.per_days("M27", len(mods))
        for kind in ("closing", "referral", "reminder", "test", "welcome"):
            self.per_days("M27." + kind, sum("mod_" + kind in m.attrs for m in mods))
        self.share("M30", self.n(lambda m: self.latest_role(m) == "beheerder"), self.n())
        self.share("M30.mod", sum(m.role == "beheerder" for m in mods), len(mods))
        self.put("M31", len(reminders), self.n(lambda m: m.label in OFF), 100)
        self.out["M32"] = survival(self.reminder_times(), 0.5, 60)
        self.reminders(reminders)
        self.share("M34", sum("mod_referral" in m.attrs for m in reminders), len(reminders))
        people = Counter()
        for move in self.g.moves:
            if seconds_of(move["day"]) // DAY in self.set:
                people[move["event"]] += move["people"]
        self.put("M35", people["member_left"], self.member_days, 3000)
        self.noise_and_leaves()
        self.per_days("M36", people["member_removed"])
        self.per_days("M36.deleted", self.n(lambda m: m.kind == DELETED))

    def latest_role(self, m):
        """The last known role of a member of the group, by day."""
        if not hasattr(self.g, "roles"):
            self.g.roles = {r["pseudonym"]: r["role"] for r in self.g.study.db.execute(
                "SELECT pseudonym, role FROM member_day WHERE group_id = ? AND role <> 'onbekend' "
                "ORDER BY day", (self.g.id,))}
        return self.g.roles.get(m.who, "onbekend")

    def reminder_times(self):
        g, times, previous = self.g, [], None
        runs = []
        for m in g.messages:
            if m.label not in OFF:
                continue
            if previous is None or m.time - previous > 3600:
                runs.append(m)
            previous = m.time
        order = {id(m): k for k, m in enumerate(g.messages)}
        for k, start in enumerate(runs):
            if day_of(start.time) not in self.set:
                continue
            end = min(start.time + DAY, g.messages[-1].time)
            limit = runs[k + 1] if k + 1 < len(runs) else None
            seen = None
            for m in g.messages[order[id(start)] + 1:]:
                if m is limit or m.time > start.time + DAY:
                    break
                if reminds(m) and m.who != start.who:
                    seen = m.time
                    break
            if seen is not None:
                times.append((seen - start.time, True))
            else:
                times.append((min(end, limit.time if limit else end) - start.time, False))
        return times

    def reminders(self, reminders):
        changes, reminded, repeated, known = [], 0, 0, set()
        off = lambda rows: [m.label in OFF for m in rows if m.label]
        for d in sorted({day_of(p.time) for p in reminders}):
            if all(x in self.g.observed for x in range(d - 14, d + 15)):
                before = off(self.g.window((d - 14) * DAY, d * DAY - 1))
                after = off(self.g.window((d + 1) * DAY, (d + 15) * DAY - 1))
                if before and after:
                    changes.append(sum(after) / len(after) - sum(before) / len(before))
        for p in reminders:
            d = day_of(p.time)
            later = self.g.window(p.time + 1, p.time + 30 * DAY)
            seen = all(x in self.g.observed for x in range(d, d + 31))
            for who in {m.who for m in self.g.window(p.time - 3600, p.time) if m.label in OFF} - {p.who} - known:
                known.add(who)
                again = any(m.who == who and m.label in OFF for m in later)
                reminded += seen
                repeated += seen and again
        n = len(changes)
        self.out["M33"] = (n, n, 100 * sum(changes) / n if n else NAN, NAN)
        self.share("M33.repeat", repeated, reminded)
        self.small("M33.repeat")

    def noise_and_leaves(self):
        noise = Counter(day_of(m.time) for m in self.g.messages if m.label in NOISE)
        left = Counter()
        for move in self.g.moves:
            if move["event"] == "member_left":
                left[seconds_of(move["day"]) // DAY] += move["people"]
        threshold = quantile([noise[d] for d in self.days], 0.9)
        counts = {True: [0, 0], False: [0, 0]}
        for d in self.days:
            if d + 1 in self.g.observed:
                counts[noise[d] > threshold][0] += 1
                counts[noise[d] > threshold][1] += left[d + 1]
        (days1, left1), (days0, left0) = counts[True], counts[False]
        value = (left1 / days1) / (left0 / days0) if days1 and days0 and left0 else NAN
        self.out["M35.noise"] = (left1, left1 + left0, value, NAN)

    def answers(self):
        def within(key, base, event, limit, want=True):
            seen = lambda i: i[event] is not None and i[event] <= limit
            known = [i for i in base if i["until_end"] >= limit]
            self.reports(key, known, lambda i: seen(i) == want)

        within("M42.15", self.r, "substantive", 900)
        within("M42.60", self.r, "substantive", 3600)
        within("M43", self.r, "outcome", 172800)
        within("M43.safety", self.rs, "outcome", 172800)
        within("M47", self.r, "reply", 86400, want=False)
        within("M51", self.r, "professional", 86400)

        def times(event, limit=None):
            for i in self.r:
                t = i[event]
                if t is not None and (limit is None or t <= limit):
                    yield t, True
                else:
                    yield (i["followed"] if limit is None else min(limit, i["until_end"])), False

        for key, event, q, unit, limit in (
                ("M40", "reply", 0.5, 60, None), ("M40.p90", "reply", 0.9, 60, None),
                ("M41", "substantive", 0.5, 60, None), ("M41.p90", "substantive", 0.9, 60, None),
                ("M44", "outcome", 0.5, 3600, 172800), ("M52", "professional", 0.5, 60, None)):
            self.out[key] = survival(list(times(event, limit)), q, unit)
        closed = [i for i in self.r if i["outcome"] is not None and i["outcome"] <= 172800]
        for kind in ("aangehouden", "geen_inzet", "hersteld", "in_onderzoek", "loos_alarm", "onbekend",
                     "opgevangen_gevonden", "weg"):
            self.reports("M45." + kind, closed, lambda i: "out_" + kind in i["attrs"])
        self.reports("M46", [i for i in closed if i["label"] in self.g.study.safety],
                     lambda i: "out_loos_alarm" in i["attrs"])
        self.share("M50.police", self.n(lambda m: self.latest_role(m) == "politie"), self.n())
        self.share("M50.municipality", self.n(lambda m: self.latest_role(m) == "gemeente"), self.n())
        last = [day_of(m.time) for m in self.g.messages
                if m.label and m.role in PRO and day_of(m.time) <= self.last]
        silence = self.last - max(last) if last else NAN
        self.out["M53"] = (silence, len(self.days), silence, NAN)
        outcomes = [m for m in self.coded if m.label == "TERUG"]
        self.share("M54", sum(m.role in PRO for m in outcomes), len(outcomes))

    def people(self):
        sent = sorted(self.senders.values(), reverse=True)
        everyone = sent + [0] * (self.members - len(sent))
        self.out["M60"] = (sum(sent), self.members, gini(everyone), NAN)
        self.out["M60.senders"] = (sum(sent), len(sent), gini(sent), NAN)
        top = sum(everyone[:math.ceil(self.members / 10)])
        self.out["M61"] = (sum(sent), self.members, 100 * top / sum(sent) if sent else NAN, NAN)
        reporters = list(Counter(i["reporter"] for i in self.r).values())
        self.out["M62"] = (sum(reporters), len(reporters), gini(reporters), NAN)
        self.share("M63", len(reporters), self.members)
        self.reports("M64", self.r, lambda i: i["participants"] >= 3)
        wrote = known = 0
        for move in self.g.moves:
            if move["wrote"] is None or seconds_of(move["day"]) // DAY not in self.set:
                continue
            if move["until_end"] >= 90 * DAY:
                wrote += move["wrote"]
                known += move["people"]
        self.share("M65", wrote, known)

    def control(self):
        own = [i for i in self.rs if "own_action" in i["attrs"]]
        self.share("M90", len(own), len(self.rs))
        told = lambda i, key: {m.who for m in i["list"] if m.label and key in m.attrs}
        self.reports("M90.joint", own, lambda i: len(told(i, "own_action")) >= 2)
        self.reports("M91", own, lambda i: bool(told(i, "out_weg")))
        acts = [m for m in self.coded if "own_action" in m.attrs]
        self.share("M92", sum(bool(m.attrs & {"alone", "approach"}) and self.night(m) for m in acts), len(acts))


def parts_of(group, period):
    parts = defaultdict(list)
    for d in group.days:
        date = EPOCH + dt.timedelta(days=d)
        label = {"all": "all", "month": f"{date:%Y-%m}",
                 "quarter": f"{date.year}-Q{(date.month + 2) // 3}",
                 "phase": "all" if group.start is None else "before" if d < group.start else "after"}[period]
        parts[label].append(d)
    return parts


def same(a, b):
    if a is None or math.isnan(a):
        return b is None or math.isnan(b)
    return b is not None and not math.isnan(b) and abs(a - b) <= 1e-9 * max(1.0, abs(a))


def main(database, *files):
    study = Study(database)
    wrong, compared, defined = [], 0, Counter()
    for file in files:
        with open(file, encoding="utf-8") as handle:
            rows = json.load(handle)
        cache = {}
        for row in rows:
            group = study.groups[row["group"]]
            place = row["group"], row["period"], row["label"]
            if place not in cache:
                days = parts_of(group, row["period"])[row["label"]]
                cache[place] = Part(group, days).compute()
            if row["id"] not in cache[place]:
                wrong.append(f"{row['id']}: has no formula here")
                continue
            expected = cache[place][row["id"]]
            found = [row[name] for name in ("numerator", "denominator", "value", "midpoint")]
            compared += 1
            defined[row["id"]] += row["value"] is not None
            if not all(same(a, b) for a, b in zip(expected, found)):
                wrong.append(f"{' '.join(place)} {row['id']}: etherpeil {found}, recomputed {list(expected)}")
    for line in wrong[:40]:
        print(line)
    never = sorted(key for key, n in defined.items() if n == 0)
    print(f"{compared} values of {len(defined)} metrics, {len(wrong)} differ; never defined: {' '.join(never) or '-'}")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
