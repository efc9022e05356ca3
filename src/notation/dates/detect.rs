//! The notation of a column of dates, from samples of it.

use jiff::civil::{Date, date};

use super::super::detected::{Belief, Bench, Detected};
use super::{Calendar, DateError, DateNotation, EpochUnit, Moment, SerialSystem, parse};

/// Days that business data usually hold.
const USUAL: (Date, Date) = (date(1990, 1, 1), date(2039, 12, 31));

/// Days that may be meant: birthdays, guarantees.
const POSSIBLE: (Date, Date) = (date(1900, 1, 1), date(2099, 12, 31));

/// Forms that are tried, the more usual ones first.
const GREGORIAN: &[&str] = &[
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%d%m%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%y/%m/%d",
    "%y-%m-%d",
    "%y%m%d",
    "%Y年%m月%d日",
];

/// Forms with the name of the month, for the Gregorian and the solar Hijri calendar.
const NAMED: &[&str] = &[
    "%d %B %Y",
    "%d. %B %Y",
    "%d-%B-%Y",
    "%d/%B/%Y",
    "%d %B, %Y",
    "%d de %B de %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%Y %B %d",
    "%Y-%B-%d",
    "%d %B %y",
    "%d-%B-%y",
    "%A %d %B %Y",
    "%A, %d %B %Y",
    "%A, %d. %B %Y",
    "%A, %B %d, %Y",
];

/// Forms of the Hijri calendars.
const HIJRI: &[&str] =
    &["%Y/%m/%d", "%Y-%m-%d", "%Y.%m.%d", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d", "%y/%m/%d", "%y-%m-%d", "%y%m%d"];

/// Month first with points: against the custom of every country that writes points, so it is doubted.
const DOUBTED: &[&str] = &["%m.%d.%Y", "%m.%d.%y"];

/// Year first and the month last: used nowhere, so it is tried where it reads more than anything else.
const LAST_RESORT: &[&str] = &["%Y-%d-%m", "%Y/%d/%m"];

/// Which notation a column of dates is in.
///
/// Certain is a notation when a sample refutes every other: `13/01/2024` can only be day first. Where several read
/// all samples, believable days decide, and the evidence says so: `1403/05/10` is a day of 2024 in the solar Hijri
/// calendar and of the Middle Ages in the Gregorian one. Usual are days from 1990 to 2039, possible those from 1900
/// to 2099. The lunar Hijri calendar is considered when it makes better sense of the years than the solar one. Where
/// nothing decides, as between `05/01/2024` day first and month first, both readings are reported.
pub fn detect<'a>(samples: impl IntoIterator<Item = &'a str>) -> Detected<DateNotation> {
    let mut bench = Bench::new(candidates(), samples, believe);
    let best_in = |wanted| bench.total_of(|n: &DateNotation| calendar(n) == Some(wanted));
    if best_in(Calendar::LunarHijri) <= best_in(Calendar::SolarHijri) {
        bench.drop_candidates(|n| calendar(n) == Some(Calendar::LunarHijri));
    }
    let last_resort = |n: &DateNotation| is_among(n, LAST_RESORT);
    if bench.reads_of(last_resort) <= bench.reads_of(|n| !last_resort(n)) {
        bench.drop_candidates(last_resort);
    }
    bench.judge(|a, b| a != b)
}

fn candidates() -> Vec<DateNotation> {
    let forms = [
        (Calendar::Gregorian, GREGORIAN),
        (Calendar::SolarHijri, HIJRI),
        (Calendar::Gregorian, NAMED),
        (Calendar::SolarHijri, NAMED),
        (Calendar::LunarHijri, HIJRI),
        (Calendar::LunarHijri, NAMED),
        (Calendar::Gregorian, DOUBTED),
        (Calendar::Gregorian, LAST_RESORT),
    ];
    let written = forms.iter().flat_map(|(calendar, patterns)| {
        patterns.iter().filter_map(|pattern| DateNotation::written(pattern, *calendar).ok())
    });
    let serials = [SerialSystem::Excel1900, SerialSystem::Excel1904].map(DateNotation::Serial);
    let units = [EpochUnit::Seconds, EpochUnit::Milliseconds, EpochUnit::Microseconds, EpochUnit::Nanoseconds];
    written.chain(serials).chain(units.map(DateNotation::Epoch)).collect()
}

fn calendar(notation: &DateNotation) -> Option<Calendar> {
    match notation {
        DateNotation::Written { calendar, .. } => Some(*calendar),
        DateNotation::Serial(_) | DateNotation::Epoch(_) => None,
    }
}

fn is_among(notation: &DateNotation, forms: &[&str]) -> bool {
    match notation {
        DateNotation::Written { pattern, calendar: Calendar::Gregorian } => forms.contains(&pattern.written()),
        _ => false,
    }
}

fn believe(notation: &DateNotation, text: &str) -> Result<(Moment, Belief), DateError> {
    let moment = parse(text, notation)?;
    let day = moment.civil().date();
    let within = |(first, last): (Date, Date)| (first..=last).contains(&day);
    let belief = match notation {
        _ if within(USUAL) && (is_among(notation, DOUBTED) || is_among(notation, LAST_RESORT)) => Belief::Possible,
        // nearly every number is some serial or instant, so only a usual day counts as one
        DateNotation::Serial(_) | DateNotation::Epoch(_) if !within(USUAL) => {
            return Err(DateError::Range { number: text.trim().to_owned(), system: "usual days as a number" });
        }
        // the 1904 system is that of workbooks of old Macintosh programs
        DateNotation::Serial(SerialSystem::Excel1904) => Belief::Possible,
        _ if within(USUAL) => Belief::Usual,
        _ if within(POSSIBLE) => Belief::Possible,
        _ => Belief::Odd,
    };
    Ok((moment, belief))
}
