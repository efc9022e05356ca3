//! Dates, amounts, currency and time zone of a source.

use super::fit::File;
use super::question::{Doubt, Place, Question};
use super::role::{Role, Table};
use super::sample::{SampleColumn, SampleKind};
use super::sources::Source;
use super::text::{grouped, quoted, shown};
use super::words;
use crate::notation::amount::{self, AmountNotation, Currency};
use crate::notation::dates::{self, Calendar, DateNotation, EpochUnit, Moment, SerialSystem};
use crate::notation::{Detected, Example, Reading, Verdict, ids};

/// Most different texts that a notation is judged by.
const JUDGED: usize = 4000;

/// A line of the pipeline file with what stands behind it.
pub(super) type Line = (String, String);

/// The role whose dates decide the format of a source.
fn date_role(table: Table) -> Role {
    match table {
        Table::Campaigns => Role::Start,
        Table::Contacts => Role::ContactedAt,
        Table::Customers => Role::BirthDate,
        _ => Role::Timestamp,
    }
}

/// The different texts of a role, evenly thinned when there are very many.
fn texts<'s>(source: &'s Source<'_, '_>, role: Role, wanted: impl Fn(&str) -> bool) -> Vec<&'s str> {
    let distinct: std::collections::BTreeSet<&str> = source.cells(role).filter(|t| wanted(t)).collect();
    super::profile::spread(&distinct.into_iter().collect::<Vec<_>>(), JUDGED)
}

fn is_typed(source: &Source<'_, '_>, role: Role) -> bool {
    source.parts.iter().all(|(file, fit)| {
        fit.column(role).is_none_or(|at| matches!(file.columns[at].sample.kind, SampleKind::Day | SampleKind::Instant))
    })
}

/// How the dates of a source are written: the lines that say so, and what is asked.
pub(super) fn dates(source: &Source<'_, '_>) -> (Vec<Line>, Vec<Doubt>) {
    let role = date_role(source.table);
    let typed = is_typed(source, role);
    let iso = DateNotation::written("%Y-%m-%d", Calendar::Gregorian).ok();
    let is_iso = |text: &str| iso.as_ref().is_some_and(|n| dates::parse(text, n).is_ok());
    let texts = texts(source, role, |text| !typed || !is_iso(text));
    if texts.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let found = dates::detect(texts.iter().copied());
    let names = source.names(role);
    let unread = if found.unread.is_empty() {
        String::new()
    } else {
        format!("; {} texts are no dates, such as {}", found.unread.len(), shown(&found.unread[0].text))
    };
    let ask = |text: String, choices: Vec<String>, blocking: bool| {
        let (file, _) = source.lead();
        let question =
            Question { file: file.sample.path.clone(), column: names.first().cloned(), text, choices, blocking };
        vec![Doubt { place: Place::Source, role: Some(role), question }]
    };
    match &found.verdict {
        Verdict::Certain(reading) | Verdict::Plausible { chosen: reading, .. } => {
            (date_lines(reading, &found, &unread), Vec::new())
        }
        Verdict::Ambiguous(readings) => {
            let column = names.first().map(|n| shown(n)).unwrap_or_default();
            let example = readings.first().and_then(|r| r.examples.first()).map_or(String::new(), |e| shown(&e.text));
            let text = format!(
                "how are the dates of {column} written? All {} can be read in {} ways: {example} may be {}.",
                grouped(found.samples),
                readings.len(),
                readings
                    .iter()
                    .filter_map(|r| r.examples.first())
                    .map(|e| e.says.as_str())
                    .collect::<Vec<_>>()
                    .join(" or ")
            );
            (
                Vec::new(),
                ask(text, readings.iter().flat_map(|r| choice(&r.notation, r.examples.first())).collect(), true),
            )
        }
        Verdict::Conflict(partials) => {
            let column = names.first().map(|n| shown(n)).unwrap_or_default();
            let first = partials.first().and_then(|p| p.unread.first().map(|u| (p, u)));
            let Some((best, left)) = first else { return (Vec::new(), Vec::new()) };
            let text = format!(
                "how are the dates of {column} written? No form reads them all: {} reads {} of {}, not {}. The others \
                 go to quarantine.",
                best.notation,
                grouped(best.read),
                grouped(found.samples),
                shown(&left.text)
            );
            (Vec::new(), ask(text, partials.iter().flat_map(|p| choice(&p.notation, None)).collect(), true))
        }
        Verdict::Nothing => (Vec::new(), Vec::new()),
    }
}

fn date_lines(reading: &Reading<DateNotation>, found: &Detected<DateNotation>, unread: &str) -> Vec<Line> {
    let (format, calendar) = written(&reading.notation);
    if format == "%Y-%m-%d" && calendar == Calendar::Gregorian {
        return Vec::new();
    }
    let says = |e: &Example| format!("{} is {}", shown(&e.text), e.says);
    let certain = matches!(found.verdict, Verdict::Certain(_));
    let evidence = match (certain, reading.evidence.first(), reading.examples.first()) {
        (true, Some(e), _) => says(e),
        (false, Some(e), _) => format!("most likely: {} is {}", shown(&e.text), e.says),
        (_, None, Some(e)) => format!("{} is {}", shown(&e.text), e.says),
        _ => String::new(),
    };
    let mut lines = vec![(format!("date_format = {}", quoted(&format)), format!("{evidence}{unread}"))];
    if let (Some(name), DateNotation::Written { .. }) = (calendar_name(calendar), &reading.notation) {
        let example = reading.examples.first().map_or(String::new(), |e| format!("{} is {}", shown(&e.text), e.says));
        lines.push((format!("calendar = {}", quoted(name)), example));
    }
    lines
}

/// A notation as `date_format` and calendar.
fn written(notation: &DateNotation) -> (String, Calendar) {
    match notation {
        DateNotation::Written { pattern, calendar } => (pattern.written().to_owned(), *calendar),
        DateNotation::Serial(SerialSystem::Excel1900) => ("excel_1900".to_owned(), Calendar::Gregorian),
        DateNotation::Serial(SerialSystem::Excel1904) => ("excel_1904".to_owned(), Calendar::Gregorian),
        DateNotation::Epoch(unit) => {
            let unit = match unit {
                EpochUnit::Seconds => "epoch_seconds",
                EpochUnit::Milliseconds => "epoch_milliseconds",
                EpochUnit::Microseconds => "epoch_microseconds",
                EpochUnit::Nanoseconds => "epoch_nanoseconds",
            };
            (unit.to_owned(), Calendar::Gregorian)
        }
    }
}

const fn calendar_name(calendar: Calendar) -> Option<&'static str> {
    match calendar {
        Calendar::SolarHijri => Some("solar_hijri"),
        Calendar::LunarHijri => Some("lunar_hijri"),
        Calendar::Gregorian => None,
    }
}

fn choice(notation: &DateNotation, example: Option<&Example>) -> Vec<String> {
    let (format, calendar) = written(notation);
    let example = example.map_or(String::new(), |e| format!("   # {} is {}", shown(&e.text), e.says));
    let calendar = calendar_name(calendar).map(|name| format!("calendar = {}", quoted(name)));
    std::iter::once(format!("date_format = {}{example}", quoted(&format))).chain(calendar).collect()
}

/// How the amounts of a source are written: asked where nothing tells.
pub(super) fn amounts(source: &Source<'_, '_>) -> (Vec<(Role, String)>, Vec<Doubt>) {
    let (mut evidence, mut doubts) = (Vec::new(), Vec::new());
    for role in [Role::Amount, Role::UnitPrice] {
        let parts: Vec<(&File<'_>, &SampleColumn)> = source
            .parts
            .iter()
            .filter_map(|(file, fit)| Some((*file, file.columns[fit.column(role)?].sample)))
            .collect();
        let written: Vec<_> = parts.iter().filter(|(_, column)| column.kind == SampleKind::Text).collect();
        let distinct: std::collections::BTreeSet<&str> =
            written.iter().flat_map(|(_, column)| column.filled()).collect();
        if distinct.is_empty() {
            continue;
        }
        if written.len() < parts.len()
            && let Some((file, column)) = written.first()
        {
            doubts.push(ask_type(file, column, role));
            continue;
        }
        let texts = super::profile::spread(&distinct.into_iter().collect::<Vec<_>>(), JUDGED);
        let found = amount::detect(texts.iter().copied());
        match &found.verdict {
            Verdict::Certain(reading) | Verdict::Plausible { chosen: reading, .. } => {
                evidence.extend(amount_evidence(reading).map(|says| (role, says)));
            }
            Verdict::Ambiguous(readings) => doubts.push(ask_decimal(source, role, readings)),
            Verdict::Conflict(partials) => {
                let first = partials.first().and_then(|p| p.unread.first().map(|u| (p, u)));
                evidence.extend(first.map(|(best, left)| {
                    (role, format!("{}, but not {}: such rows go to quarantine", best.notation, shown(&left.text)))
                }));
            }
            Verdict::Nothing => {}
        }
        if let Some(left) = found.unread.first() {
            evidence.push((role, format!("{} is no amount", shown(&left.text))));
        }
    }
    (evidence, doubts)
}

/// Amounts are text in one file and numbers in others.
fn ask_type(file: &File<'_>, column: &SampleColumn, role: Role) -> Doubt {
    let example = column.filled().next().map_or(String::new(), shown);
    let text = format!(
        "{} is text in {} ({example}) and a number in the other files. What is its decimal mark?",
        shown(&column.name),
        file.sample.path
    );
    let choices = vec!["decimal = \",\"".to_owned(), "decimal = \".\"".to_owned()];
    let question =
        Question { file: file.sample.path.clone(), column: Some(column.name.clone()), text, choices, blocking: true };
    Doubt { place: Place::Source, role: Some(role), question }
}

fn amount_evidence(reading: &Reading<AmountNotation>) -> Option<String> {
    let plain = reading.notation.decimal.is_none_or(|mark| mark == amount::DecimalMark::Point);
    let example = reading.evidence.first().or(reading.examples.first())?;
    (!plain).then(|| format!("{}, as in {}", reading.notation, shown(&example.text)))
}

fn ask_decimal(source: &Source<'_, '_>, role: Role, readings: &[Reading<AmountNotation>]) -> Doubt {
    let column = source.names(role).first().cloned();
    let example = readings.first().and_then(|r| r.examples.first());
    let values = readings.iter().filter_map(|r| r.examples.first()).map(|e| e.says.as_str()).collect::<Vec<_>>();
    let text = format!(
        "what is the decimal mark of {}? {} may be {}.",
        column.as_deref().map(shown).unwrap_or_default(),
        example.map_or(String::new(), |e| shown(&e.text)),
        values.join(" or ")
    );
    let mark = |r: &Reading<AmountNotation>| {
        let mark = match (r.notation.decimal, r.notation.thousands) {
            (Some(mark), _) => mark.char(),
            (None, Some(amount::ThousandsMark::Comma)) => '.',
            (None, _) => ',',
        };
        let example = r.examples.first().map_or(String::new(), |e| format!("   # {} is {}", shown(&e.text), e.says));
        format!("decimal = \"{mark}\"{example}")
    };
    let choices = readings.iter().map(mark).collect();
    let question = Question { file: source.lead().0.sample.path.clone(), column, text, choices, blocking: true };
    Doubt { place: Place::Source, role: Some(role), question }
}

/// The currencies of the money with the rows that show them, the most frequent first.
fn currencies(source: &Source<'_, '_>) -> Vec<(Currency, usize)> {
    let mut found: Vec<(Currency, usize)> = Vec::new();
    let mut count = |currency: Currency, rows: usize| match found.iter_mut().find(|(known, _)| *known == currency) {
        Some((_, sum)) => *sum += rows,
        None => found.push((currency, rows)),
    };
    for text in source.cells(Role::Currency) {
        if let Some(currency) = Currency::named(text) {
            count(currency, 1);
        }
    }
    for role in [Role::Amount, Role::UnitPrice] {
        let texts: Vec<&str> = source.cells(role).collect();
        let notation = amount::detect(texts.iter().copied().take(JUDGED)).decided().map(|r| r.notation);
        for shown in amount::currencies(texts.iter().copied(), notation.unwrap_or(AmountNotation::POINT)) {
            if let Some(currency) = shown.currency {
                count(currency, shown.count);
            }
        }
        for name in source.names(role) {
            for word in words::words(&name) {
                let known = ["eur", "usd", "gbp", "chf", "inr", "irr", "irt", "euro", "تومان", "ریال", "toman", "rial"];
                if let Some(currency) = Currency::named(&word).filter(|_| known.contains(&word.as_str())) {
                    count(currency, 1);
                }
            }
        }
    }
    found.sort_by_key(|(currency, rows)| (std::cmp::Reverse(*rows), *currency));
    found
}

/// Whether the money is in rial and in toman, whose rate never changes.
pub(super) fn is_rial_and_toman(source: &Source<'_, '_>) -> bool {
    let mut labels: Vec<&str> = currencies(source).iter().map(|(currency, _)| currency.label()).collect();
    labels.sort_unstable();
    labels == ["IRR", "IRT"]
}

/// The currency of the money, and what is asked of it.
pub(super) fn currency(source: &Source<'_, '_>) -> (Option<Line>, Option<Doubt>) {
    let found = currencies(source);
    if is_rial_and_toman(source) {
        return (Some(("currency = \"IRR\"".to_owned(), "rial and toman; see rates".to_owned())), None);
    }
    match &found[..] {
        [] => (None, None),
        [(one, _)] if !one.is_shared_sign() => {
            let evidence = "the only currency of the money".to_owned();
            (Some((format!("currency = {}", quoted(one.label())), evidence)), None)
        }
        [(sign, _)] => (None, Some(ask_currency(source, &format!("which currency is {}?", sign.label()), &[]))),
        several => {
            let list: Vec<String> =
                several.iter().map(|(c, rows)| format!("{} ({})", c.label(), grouped(*rows))).collect();
            let text = format!(
                "the money is in several currencies: {}. They are never added as they stand. In which shall the result \
                 be? What a unit of the others is, `rates = {{ USD = 0.92 }}` or `rates_by_day` in [clean] says.",
                list.join(", ")
            );
            let labels: Vec<&str> = several.iter().map(|(c, _)| c.label()).collect();
            (None, Some(ask_currency(source, &text, &labels)))
        }
    }
}

fn ask_currency(source: &Source<'_, '_>, text: &str, labels: &[&str]) -> Doubt {
    let column = source.names(Role::Currency).first().or(source.names(Role::Amount).first()).cloned();
    let choices = labels.iter().map(|label| format!("currency = {}", quoted(label))).collect::<Vec<_>>();
    let blocking = labels.len() > 1;
    let question =
        Question { file: source.lead().0.sample.path.clone(), column, text: text.to_owned(), choices, blocking };
    Doubt { place: Place::Pipeline, role: Some(Role::Currency), question }
}

/// The zone of the timestamps: a line where a name tells, a question where days depend on it.
pub(super) fn timezone(source: &Source<'_, '_>) -> (Option<Line>, Option<Doubt>) {
    let names = source.names(Role::Timestamp);
    let says_utc = names.iter().any(|n| words::words(n).iter().any(|w| w == "utc" || w == "gmt"));
    let line = says_utc.then(|| ("timezone = \"UTC\"".to_owned(), "the name of the column says so".to_owned()));
    let texts = texts(source, Role::Timestamp, |_| true);
    let notation = dates::detect(texts.iter().copied().take(200)).decided().map(|r| r.notation.clone());
    let with_offset = notation.and_then(|notation| {
        texts.iter().find(|t| matches!(dates::parse(t, &notation), Ok(Moment::Instant { .. }))).copied()
    });
    let why = match (with_offset, says_utc) {
        (Some(example), _) => format!("timestamps carry an offset from UTC ({})", shown(example)),
        (None, true) => "timestamps are in UTC".to_owned(),
        (None, false) => return (line, None),
    };
    let text =
        format!("in which time zone does a business day begin and end? {why}; without one, days are cut as written.");
    let question = Question {
        file: source.lead().0.sample.path.clone(),
        column: names.first().cloned(),
        text,
        choices: vec!["timezone = \"Europe/Berlin\"".to_owned()],
        blocking: false,
    };
    (line, Some(Doubt { place: Place::Pipeline, role: Some(Role::Timestamp), question }))
}

/// Ids that a spreadsheet turned into numbers in scientific form.
pub(super) fn scientific_ids(source: &Source<'_, '_>) -> Option<Doubt> {
    let mangled: Vec<&str> =
        source.cells(Role::CustomerId).filter(|id| !matches!(ids::expand_scientific(id), Ok(None))).collect();
    let first = mangled.first()?;
    let lost = mangled.iter().filter(|id| ids::expand_scientific(id).is_err()).count();
    let lost = if lost == 0 { String::new() } else { format!(" {lost} have lost digits and can't be repaired.") };
    let text = format!("were ids such as {} turned into numbers by a spreadsheet?{lost}", shown(first));
    let question = Question {
        file: source.lead().0.sample.path.clone(),
        column: source.names(Role::CustomerId).first().cloned(),
        text,
        choices: vec!["repair_ids = [\"scientific\"]".to_owned()],
        blocking: false,
    };
    Some(Doubt { place: Place::Source, role: Some(Role::CustomerId), question })
}

/// A newest day that lies far behind all others: a typing error would set the day of observation.
pub(super) fn as_of(source: &Source<'_, '_>) -> Option<Doubt> {
    let texts = texts(source, Role::Timestamp, |_| true);
    let notation = dates::detect(texts.iter().copied().take(JUDGED)).decided().map(|r| r.notation.clone())?;
    let mut days: Vec<jiff::civil::Date> =
        texts.iter().filter_map(|t| dates::parse(t, &notation).ok()).map(|m| m.civil().date()).collect();
    days.sort_unstable();
    let [first, .., before, newest] = days[..] else { return None };
    let gap = (newest - before).get_days();
    if gap < 366 || gap < (before - first).get_days() {
        return None;
    }
    let text = format!(
        "the newest day is {newest}, {} years after the one before it, {before}. Is it a typing error? Without `as_of` \
         the newest day is the last day observed.",
        gap / 365
    );
    let question = Question {
        file: source.lead().0.sample.path.clone(),
        column: source.names(Role::Timestamp).first().cloned(),
        text,
        choices: vec![format!("as_of = {}", quoted(&before.to_string()))],
        blocking: false,
    };
    Some(Doubt { place: Place::Pipeline, role: Some(Role::Timestamp), question })
}
