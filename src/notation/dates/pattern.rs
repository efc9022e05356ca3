//! The form of a written date, in the letters of `strftime`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;

use super::super::digits;
use super::clock::{ClockParts, read_fraction, read_half, read_offset, read_tail};
use super::cursor::Cursor;
use super::{Calendar, DateError, Moment, names};

/// The form of a written date.
///
/// Understood are `%Y` (four digits), `%y` (two), `%m`, `%d` and `%e` (one or two digits, or two where another number
/// follows), `%B` `%b` `%h` (a month's name, full or short, in any known language), `%A` `%a` (a weekday, passed
/// over), `%H` `%k` `%I` `%l` `%M` `%S`, `%f` and `%.f` (decimals of seconds), `%p` `%P` (am or pm), `%z` `%:z` `%Z`
/// (an offset from UTC, or `UTC`), `%F`, `%D`, `%T`, `%R` and `%%`. A space stands for one or more of any kind. A
/// pattern without a time of day also accepts one behind the date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    written: String,
    items: Vec<Item>,
    has_clock: bool,
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Literal(char),
    Space,
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Weekday,
    Hour,
    HalfDayHour,
    Minute,
    Second,
    Fraction,
    Half,
    Offset,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// A letter that isn't understood.
    #[error("`%{directive}` is not understood in the date format `{pattern}`")]
    Directive {
        /// The letter.
        directive: String,
        /// The pattern.
        pattern: String,
    },
    /// Year, month or day is missing, or there twice.
    #[error("the date format `{pattern}` needs one {part}, it has {found}")]
    Part {
        /// Which.
        part: &'static str,
        /// How many there are.
        found: usize,
        /// The pattern.
        pattern: String,
    },
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(written: &str) -> Result<Self, PatternError> {
        let mut items = Vec::new();
        let mut chars = written.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                push_literal(&mut items, c);
                continue;
            }
            while chars.next_if(|c| matches!(c, '-' | '_' | '0' | ':')).is_some() {}
            let point = chars.next_if_eq(&'.').is_some();
            let letter = chars.next();
            let known = match letter {
                Some('f') => Some([Item::Fraction].as_slice()),
                Some(letter) if !point => directive(letter),
                _ => None,
            };
            let Some(known) = known else {
                let directive = letter.map(String::from).unwrap_or_default();
                return Err(PatternError::Directive { directive, pattern: written.to_owned() });
            };
            items.extend_from_slice(known);
        }
        let count = |kinds: &[Item]| items.iter().filter(|item| kinds.contains(item)).count();
        let parts: [(&str, &[Item]); 3] = [
            ("year", &[Item::Year, Item::ShortYear]),
            ("month", &[Item::Month, Item::MonthName]),
            ("day", &[Item::Day]),
        ];
        for (part, kinds) in parts {
            let found = count(kinds);
            if found != 1 {
                return Err(PatternError::Part { part, found, pattern: written.to_owned() });
            }
        }
        let has_clock = count(&[Item::Hour, Item::HalfDayHour, Item::Minute, Item::Second]) > 0;
        Ok(Self { written: written.to_owned(), items, has_clock })
    }
}

fn push_literal(items: &mut Vec<Item>, c: char) {
    if c.is_whitespace() {
        if items.last() != Some(&Item::Space) {
            items.push(Item::Space);
        }
    } else {
        items.extend(digits::plain(c.encode_utf8(&mut [0; 4])).chars().map(Item::Literal));
    }
}

fn directive(letter: char) -> Option<&'static [Item]> {
    use Item::{Day, Hour, Literal, Minute, Month, Second, ShortYear, Year};
    Some(match letter {
        'Y' => &[Year],
        'y' => &[ShortYear],
        'm' => &[Month],
        'B' | 'b' | 'h' => &[Item::MonthName],
        'd' | 'e' => &[Day],
        'A' | 'a' => &[Item::Weekday],
        'H' | 'k' => &[Hour],
        'I' | 'l' => &[Item::HalfDayHour],
        'M' => &[Minute],
        'S' => &[Second],
        'p' | 'P' => &[Item::Half],
        'z' | 'Z' => &[Item::Offset],
        'F' => &[Year, Literal('-'), Month, Literal('-'), Day],
        'D' => &[Month, Literal('/'), Day, Literal('/'), ShortYear],
        'T' => &[Hour, Literal(':'), Minute, Literal(':'), Second],
        'R' => &[Hour, Literal(':'), Minute],
        'n' | 't' => &[Item::Space],
        '%' => &[Literal('%')],
        _ => return None,
    })
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Year, month and day as their parts are read.
#[derive(Default)]
struct Parts {
    year: i32,
    month: u32,
    day: u32,
    clock: ClockParts,
}

impl Pattern {
    /// The pattern as written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Reads a text that is in plain form already.
    pub(super) fn read(&self, text: &str, calendar: Calendar) -> Result<Moment, DateError> {
        let mut cursor = Cursor::new(text);
        let mut parts = Parts::default();
        for (at, item) in self.items.iter().enumerate() {
            let number_follows = self.items.get(at + 1).copied().is_some_and(Item::is_number);
            read_item(*item, number_follows, &mut cursor, calendar, &mut parts)?;
        }
        if self.has_clock {
            cursor.spaces();
            if !cursor.is_at_end() {
                return Err(DateError::Trailing { rest: cursor.quoted() });
            }
        } else {
            read_tail(&mut cursor, &mut parts.clock)?;
        }
        let date = calendar.day(parts.year, parts.month, parts.day)?;
        let civil = DateTime::from_parts(date, parts.clock.time()?);
        let Some(offset) = parts.clock.offset else { return Ok(Moment::Local(civil)) };
        match offset.to_timestamp(civil) {
            Ok(at) => Ok(Moment::Instant { at, offset }),
            Err(_) => Err(DateError::Range { number: text.to_owned(), system: "instants" }),
        }
    }
}

impl Item {
    const fn is_number(self) -> bool {
        use Item::{Day, HalfDayHour, Hour, Minute, Month, Second, ShortYear, Year};
        matches!(self, Year | ShortYear | Month | Day | Hour | HalfDayHour | Minute | Second)
    }
}

fn read_item(
    item: Item,
    number_follows: bool,
    cursor: &mut Cursor<'_>,
    calendar: Calendar,
    parts: &mut Parts,
) -> Result<(), DateError> {
    let least = if number_follows { 2 } else { 1 };
    match item {
        Item::Literal(wanted) => {
            if !cursor.take(wanted) {
                return Err(DateError::Literal { wanted, rest: cursor.quoted() });
            }
        }
        Item::Space => {
            if !cursor.spaces() {
                return Err(cursor.wanted("a space"));
            }
        }
        Item::Year => parts.year = exact(cursor, 4, number_follows, "a year of four digits")?,
        Item::ShortYear => {
            let two = exact(cursor, 2, number_follows, "a year of two digits")?;
            parts.year = calendar.full_year(two);
        }
        Item::Month => parts.month = cursor.number(least, 2, "a month")?,
        Item::MonthName => parts.month = month_name(cursor, calendar)?,
        Item::Day => parts.day = cursor.number(least, 2, "a day")?,
        Item::Weekday => {
            cursor.words(|w| names::is_weekday(w).then_some(())).ok_or_else(|| cursor.wanted("a weekday"))?;
        }
        Item::Hour => parts.clock.hour = cursor.number(least, 2, "an hour")?,
        Item::HalfDayHour => {
            parts.clock.hour = cursor.number(least, 2, "an hour")?;
            parts.clock.afternoon.get_or_insert(false);
        }
        Item::Minute => parts.clock.minute = cursor.number(2, 2, "a minute")?,
        Item::Second => parts.clock.second = cursor.number(2, 2, "a second")?,
        Item::Fraction => read_fraction(cursor, &mut parts.clock),
        Item::Half => {
            if !read_half(cursor, &mut parts.clock) {
                return Err(cursor.wanted("am or pm"));
            }
        }
        Item::Offset => parts.clock.offset = Some(read_offset(cursor)?),
    }
    Ok(())
}

/// A year of exactly so many digits.
fn exact(cursor: &mut Cursor<'_>, count: usize, number_follows: bool, wanted: &'static str) -> Result<i32, DateError> {
    if cursor.digits() != count && !(number_follows && cursor.digits() > count) {
        return Err(cursor.wanted(wanted));
    }
    cursor.number(count, count, wanted).map(|year| year as i32)
}

fn month_name(cursor: &mut Cursor<'_>, calendar: Calendar) -> Result<u32, DateError> {
    let word = cursor.word();
    match cursor.words(names::month) {
        Some((found, month)) if found == calendar => Ok(month),
        Some((found, _)) => Err(DateError::MonthOfCalendar { word, found }),
        None if word.is_empty() => Err(cursor.wanted("a month's name")),
        None => Err(DateError::MonthName { word }),
    }
}
