-- The calendar of the Netherlands, 2019-2026. How each fact was checked stands in
-- lib/data/README.md. School holidays are the national dates per region; where carnival is
-- kept, schools may be a week off. A measure runs until the day before the next one.
INSERT INTO calendar_period (kind, region, first_day, last_day, name_nl, name_en) VALUES
  ('corona', '', '2020-03-12', '2020-03-14', 'bijeenkomsten verboden', 'gatherings banned'),
  ('corona', '', '2020-03-15', '2020-05-10', 'eerste lockdown', 'first lockdown'),
  ('corona', '', '2020-05-11', '2020-06-30', 'stapsgewijze opening', 'reopening in steps'),
  ('corona', '', '2020-07-01', '2020-09-28', 'anderhalve meter', 'distance only'),
  ('corona', '', '2020-09-29', '2020-10-13', 'beperkt bezoek en vroege sluiting', 'few visitors, early closing'),
  ('corona', '', '2020-10-14', '2020-12-14', 'gedeeltelijke lockdown', 'partial lockdown'),
  ('corona', '', '2020-12-15', '2021-04-27', 'lockdown', 'lockdown'),
  ('corona', '', '2021-04-28', '2021-06-25', 'stapsgewijze opening', 'reopening in steps'),
  ('corona', '', '2021-06-26', '2021-09-24', 'anderhalve meter', 'distance only'),
  ('corona', '', '2021-09-25', '2021-11-12', 'toegangsbewijs', 'entry pass'),
  ('corona', '', '2021-11-13', '2021-11-27', 'gedeeltelijke lockdown', 'partial lockdown'),
  ('corona', '', '2021-11-28', '2021-12-18', 'avondlockdown', 'evening lockdown'),
  ('corona', '', '2021-12-19', '2022-01-14', 'lockdown', 'lockdown'),
  ('corona', '', '2022-01-15', '2022-02-24', 'stapsgewijze opening', 'reopening in steps'),
  ('curfew', '', '2021-01-23', '2021-04-27', 'avondklok', 'curfew'),
  ('fireworks_ban', '', '2020-12-31', '2021-01-01', 'vuurwerkverbod', 'ban on fireworks'),
  ('fireworks_ban', '', '2021-12-31', '2022-01-01', 'vuurwerkverbod', 'ban on fireworks');

-- Public holidays: of fixed date, and counted from Easter Sunday.
WITH fixed (day, name_nl, name_en) AS (VALUES
  ('01-01', 'Nieuwjaarsdag', 'New Year''s Day'), ('04-27', 'Koningsdag', 'King''s Day'),
  ('05-05', 'Bevrijdingsdag', 'Liberation Day'), ('12-25', 'Eerste Kerstdag', 'Christmas Day'),
  ('12-26', 'Tweede Kerstdag', 'Boxing Day')),
easter (day) AS (VALUES ('2019-04-21'), ('2020-04-12'), ('2021-04-04'), ('2022-04-17'),
  ('2023-04-09'), ('2024-03-31'), ('2025-04-20'), ('2026-04-05')),
moving (days, name_nl, name_en) AS (VALUES
  (-2, 'Goede Vrijdag', 'Good Friday'), (0, 'Eerste Paasdag', 'Easter Sunday'),
  (1, 'Tweede Paasdag', 'Easter Monday'), (39, 'Hemelvaartsdag', 'Ascension Day'),
  (49, 'Eerste Pinksterdag', 'Whit Sunday'), (50, 'Tweede Pinksterdag', 'Whit Monday')),
holiday (day, name_nl, name_en) AS (
  -- The King's birthday is kept a day earlier when it is a Sunday.
  SELECT iif(f.name_nl = 'Koningsdag' AND
      strftime('%w', substr(e.day, 1, 5) || f.day) = '0',
    date(substr(e.day, 1, 5) || f.day, '-1 day'), substr(e.day, 1, 5) || f.day),
    f.name_nl, f.name_en FROM easter e, fixed f
  UNION ALL
  SELECT date(e.day, m.days || ' days'), m.name_nl, m.name_en FROM easter e, moving m)
INSERT INTO calendar_period (kind, region, first_day, last_day, name_nl, name_en)
SELECT 'holiday', '', day, day, group_concat(name_nl, ', '), group_concat(name_en, ', ')
FROM holiday GROUP BY day;

-- School holidays: the first day (a Saturday) per region, and the number of days.
WITH school (name_nl, name_en, days, noord, midden, zuid) AS (VALUES
  ('Kerstvakantie', 'Christmas holiday', 16, '2018-12-22', '2018-12-22', '2018-12-22'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2019-02-16', '2019-02-23', '2019-02-23'),
  ('Meivakantie', 'May holiday', 9, '2019-04-27', '2019-04-27', '2019-04-27'),
  ('Zomervakantie', 'summer holiday', 44, '2019-07-13', '2019-07-20', '2019-07-06'),
  ('Herfstvakantie', 'autumn holiday', 9, '2019-10-19', '2019-10-19', '2019-10-12'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2019-12-21', '2019-12-21', '2019-12-21'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2020-02-15', '2020-02-22', '2020-02-22'),
  ('Meivakantie', 'May holiday', 9, '2020-04-25', '2020-04-25', '2020-04-25'),
  ('Zomervakantie', 'summer holiday', 44, '2020-07-04', '2020-07-18', '2020-07-11'),
  ('Herfstvakantie', 'autumn holiday', 9, '2020-10-10', '2020-10-17', '2020-10-17'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2020-12-19', '2020-12-19', '2020-12-19'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2021-02-20', '2021-02-20', '2021-02-13'),
  ('Meivakantie', 'May holiday', 9, '2021-05-01', '2021-05-01', '2021-05-01'),
  ('Zomervakantie', 'summer holiday', 44, '2021-07-10', '2021-07-17', '2021-07-24'),
  ('Herfstvakantie', 'autumn holiday', 9, '2021-10-16', '2021-10-16', '2021-10-23'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2021-12-25', '2021-12-25', '2021-12-25'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2022-02-19', '2022-02-26', '2022-02-26'),
  ('Meivakantie', 'May holiday', 9, '2022-04-30', '2022-04-30', '2022-04-30'),
  ('Zomervakantie', 'summer holiday', 44, '2022-07-16', '2022-07-09', '2022-07-23'),
  ('Herfstvakantie', 'autumn holiday', 9, '2022-10-15', '2022-10-22', '2022-10-22'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2022-12-24', '2022-12-24', '2022-12-24'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2023-02-25', '2023-02-25', '2023-02-18'),
  ('Meivakantie', 'May holiday', 9, '2023-04-29', '2023-04-29', '2023-04-29'),
  ('Zomervakantie', 'summer holiday', 44, '2023-07-22', '2023-07-08', '2023-07-15'),
  ('Herfstvakantie', 'autumn holiday', 9, '2023-10-21', '2023-10-14', '2023-10-14'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2023-12-23', '2023-12-23', '2023-12-23'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2024-02-17', '2024-02-17', '2024-02-10'),
  ('Meivakantie', 'May holiday', 9, '2024-04-27', '2024-04-27', '2024-04-27'),
  ('Zomervakantie', 'summer holiday', 44, '2024-07-20', '2024-07-13', '2024-07-06'),
  ('Herfstvakantie', 'autumn holiday', 9, '2024-10-26', '2024-10-26', '2024-10-19'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2024-12-21', '2024-12-21', '2024-12-21'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2025-02-15', '2025-02-22', '2025-02-22'),
  ('Meivakantie', 'May holiday', 9, '2025-04-26', '2025-04-26', '2025-04-26'),
  ('Zomervakantie', 'summer holiday', 44, '2025-07-12', '2025-07-19', '2025-07-05'),
  ('Herfstvakantie', 'autumn holiday', 9, '2025-10-18', '2025-10-18', '2025-10-11'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2025-12-20', '2025-12-20', '2025-12-20'),
  ('Voorjaarsvakantie', 'spring holiday', 9, '2026-02-21', '2026-02-14', '2026-02-14'),
  ('Meivakantie', 'May holiday', 9, '2026-04-25', '2026-04-25', '2026-04-25'),
  ('Zomervakantie', 'summer holiday', 44, '2026-07-04', '2026-07-18', '2026-07-11'),
  ('Herfstvakantie', 'autumn holiday', 9, '2026-10-10', '2026-10-17', '2026-10-17'),
  ('Kerstvakantie', 'Christmas holiday', 16, '2026-12-19', '2026-12-19', '2026-12-19')),
start (name_nl, name_en, days, region, day) AS (
  SELECT name_nl, name_en, days, 'noord', noord FROM school
  UNION ALL SELECT name_nl, name_en, days, 'midden', midden FROM school
  UNION ALL SELECT name_nl, name_en, days, 'zuid', zuid FROM school)
INSERT INTO calendar_period (kind, region, first_day, last_day, name_nl, name_en)
SELECT 'school', region, day, date(day, (days - 1) || ' days'), name_nl, name_en FROM start;

-- An ISO week belongs to the year of its Thursday. The clock changes on the last Sundays of
-- March and October.
WITH RECURSIVE each (day) AS (SELECT '2019-01-01' UNION ALL
  SELECT date(day, '+1 day') FROM each WHERE day < '2026-12-31')
INSERT INTO calendar (day, iso_year, iso_week, weekday, hours, new_year)
SELECT day, CAST(strftime('%Y', day, '-3 days', 'weekday 4') AS INTEGER),
  (strftime('%j', day, '-3 days', 'weekday 4') - 1) / 7 + 1,
  (strftime('%w', day) + 6) % 7 + 1,
  CASE WHEN strftime('%w', day) <> '0' OR substr(day, 9) < '25' THEN 24
    WHEN substr(day, 6, 2) = '03' THEN 23 WHEN substr(day, 6, 2) = '10' THEN 25 ELSE 24 END,
  substr(day, 6) IN ('12-31', '01-01')
FROM each;
UPDATE calendar SET holiday = p.name_nl FROM calendar_period p
WHERE p.kind = 'holiday' AND day BETWEEN p.first_day AND p.last_day;
UPDATE calendar SET school_noord = p.name_nl FROM calendar_period p
WHERE p.kind = 'school' AND p.region = 'noord' AND day BETWEEN p.first_day AND p.last_day;
UPDATE calendar SET school_midden = p.name_nl FROM calendar_period p
WHERE p.kind = 'school' AND p.region = 'midden' AND day BETWEEN p.first_day AND p.last_day;
UPDATE calendar SET school_zuid = p.name_nl FROM calendar_period p
WHERE p.kind = 'school' AND p.region = 'zuid' AND day BETWEEN p.first_day AND p.last_day;
UPDATE calendar SET corona = p.name_nl FROM calendar_period p
WHERE p.kind = 'corona' AND day BETWEEN p.first_day AND p.last_day;
UPDATE calendar SET curfew = 1 FROM calendar_period p
WHERE p.kind = 'curfew' AND day BETWEEN p.first_day AND p.last_day;
UPDATE calendar SET fireworks_ban = 1 FROM calendar_period p
WHERE p.kind = 'fireworks_ban' AND day BETWEEN p.first_day AND p.last_day;
