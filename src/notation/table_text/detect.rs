//! The shape of delimited text, from its first lines.

use super::super::detected::{Detected, Example, Reading, Unread, Verdict};
use super::columns;
use super::records::{Record, records};
use super::{DELIMITERS, Header, TableShape, shown};

/// Most title lines before a header.
const TITLES: usize = 20;

/// Share of the records, in percent, that a delimiter must cut into the same number of fields.
const REGULAR: usize = 50;

/// By how many percent of the records a delimiter must be more regular than the next to be chosen.
const MARGIN: usize = 20;

/// Most characters quoted of a line or cell.
const QUOTED: usize = 60;

/// Which shape a delimited text has; `whole` tells that it is the whole file and not just its head, so that the last
/// line is complete.
///
/// A delimiter is certain when it alone cuts every record into the same number of fields, two at least: decimal commas
/// and commas in addresses don't do that. Where several do, one is plausible when the columns of the others still hold
/// it in every cell. Where none does, the most regular one is plausible, and the lines that don't fit are reported as
/// unread. Samples are physical lines, counted from 1.
pub fn detect(head: &str, whole: bool) -> Detected<TableShape> {
    let head = head.strip_prefix('\u{feff}').unwrap_or(head);
    let complete = if whole { head } else { &head[..head.rfind('\n').map_or(head.len(), |at| at + 1)] };
    if let Some((delimiter, rest)) = declared(complete) {
        let layout = Layout::best_quotes(rest, delimiter, whole);
        let reading = layout.reading(1, vec![said(1, "", "the file's first line declares the delimiter".to_owned())]);
        return layout.detected(1, Verdict::Certain(reading));
    }
    let mut layouts: Vec<Layout<'_>> =
        DELIMITERS.iter().map(|delimiter| Layout::best_quotes(complete, *delimiter, whole)).collect();
    layouts.retain(|layout| layout.columns > 1 && 100 * layout.regular >= REGULAR * layout.total());
    // the more regular first; the order of the delimiters among equals
    layouts.sort_by_key(|layout| std::cmp::Reverse(layout.percent()));
    match layouts.split_first() {
        None => one_column(complete, whole),
        Some((first, rest)) => choose(first, rest),
    }
}

/// A spreadsheet's first line that declares the delimiter, and the rest.
fn declared(text: &str) -> Option<(char, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let first = first.trim_end_matches('\r').trim_matches('"');
    let mut chars = first.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| first[4..].chars())?;
    let delimiter = chars.next()?;
    chars.next().is_none().then_some((delimiter, rest))
}

/// A text cut by one delimiter.
struct Layout<'a> {
    delimiter: char,
    quote: Option<char>,
    /// The records from the header on.
    records: Vec<Record<'a>>,
    /// Number of fields of every record, titles included.
    counts: Vec<usize>,
    /// The usual number of fields.
    columns: usize,
    /// Records with that number.
    regular: usize,
    /// Records with a fault in their quotes.
    faults: usize,
    skipped_lines: usize,
    text: &'a str,
}

impl<'a> Layout<'a> {
    /// Cuts a text with the quotes that suit it: double ones unless single ones, or none, give a more regular table.
    fn best_quotes(text: &'a str, delimiter: char, whole: bool) -> Self {
        let cut = |quote| Self::new(text, delimiter, quote, whole);
        let mut best = cut(Some('"'));
        for quote in [Some('\''), None] {
            let other = cut(quote);
            let has_single_quotes = quote.is_none() || other.records.iter().map(|r| r.quoted).sum::<usize>() > 1;
            let better = (other.percent(), usize::MAX - other.faults) > (best.percent(), usize::MAX - best.faults);
            if better && has_single_quotes {
                best = other;
            }
        }
        best
    }

    fn new(text: &'a str, delimiter: char, quote: Option<char>, whole: bool) -> Self {
        let mut records = records(text, delimiter, quote);
        // a quote that is open at the end of a head closes behind it
        if !whole && records.last().is_some_and(|r| r.fault == Some(super::Fault::Unclosed)) && records.len() > 1 {
            records.pop();
        }
        let counts: Vec<usize> = records.iter().map(|record| record.fields.len()).collect();
        let columns = usual_count(&counts);
        let fits = |record: &Record<'_>| record.fields.len() == columns && !record.is_blank();
        // a title is cut into as many fields at most by chance, or is one filled cell of many
        let filled = |record: &Record<'_>| record.fields.iter().filter(|field| !field.trim().is_empty()).count();
        // a header may lack the last field of rows that end in a delimiter, or the first of rows with numbers
        let is_header = |record: &Record<'_>| record.fields.len() > 1 && record.fields.len() + 1 == columns;
        let is_title =
            |record: &Record<'_>| (!fits(record) && !is_header(record)) || (columns > 2 && filled(record) == 1);
        let titles = records.iter().take(TITLES).take_while(|record| is_title(record)).count();
        let titles = if titles < records.len().min(TITLES) { titles } else { 0 };
        let records = records.split_off(titles);
        let skipped_lines = records.first().map_or(0, |record| record.line - 1);
        let regular = records.iter().filter(|record| record.fields.len() == columns).count();
        let faults = records.iter().filter(|record| record.fault.is_some()).count();
        Self { delimiter, quote, records, counts, columns, regular, faults, skipped_lines, text }
    }

    /// Records, titles included.
    fn total(&self) -> usize {
        self.counts.len()
    }

    /// Share of the records that have the usual number of fields.
    fn percent(&self) -> usize {
        if self.columns < 2 { 0 } else { 100 * self.regular / self.total().max(1) }
    }

    fn regular_records(&self) -> Vec<&Record<'a>> {
        self.records.iter().filter(|record| record.fields.len() == self.columns).collect()
    }

    /// What it makes of the text: "3 columns in all 7 records", "1 to 2 columns".
    fn describe(&self) -> String {
        let (least, most) = (self.counts.iter().min().unwrap_or(&0), self.counts.iter().max().unwrap_or(&0));
        let delimiter = shown(self.delimiter);
        if least == most {
            return format!("{delimiter} gives {most} columns in all {} records", self.total());
        }
        let (usual, regular, total) = (self.columns, self.regular, self.total());
        format!("{delimiter} gives {least} to {most} columns, {usual} in {regular} of {total} records")
    }

    fn shape(&self, lines_before: usize) -> TableShape {
        TableShape {
            delimiter: Some(self.delimiter),
            quote: self.quote,
            columns: self.columns,
            skipped_lines: self.skipped_lines + lines_before,
            header: columns::header(&self.regular_records()).0,
        }
    }

    fn reading(&self, lines_before: usize, mut evidence: Vec<Example>) -> Reading<TableShape> {
        let regular = self.regular_records();
        let example = |record: &&Record<'_>| {
            let fields: Vec<String> = record.fields.iter().map(|field| cut(field)).collect();
            said(record.line + lines_before, self.line(record.line), fields.join(" · "))
        };
        let examples = regular.iter().take(2).map(example).collect();
        if let (header, Some((column, cell))) = columns::header(&regular)
            && let Some(first) = regular.first()
        {
            let says = match header {
                Header::Present => "a word above numbers or dates",
                Header::Absent | Header::Unknown => "a value like those below",
            };
            let says = format!("column {}: {says}", column + 1);
            evidence.push(said(first.line + lines_before, &cell, says));
        }
        Reading { notation: self.shape(lines_before), examples, evidence }
    }

    fn line(&self, number: usize) -> &'a str {
        self.text.lines().nth(number - 1).unwrap_or_default()
    }

    fn detected(&self, lines_before: usize, verdict: Verdict<TableShape>) -> Detected<TableShape> {
        let lines: Vec<&str> = self.text.lines().collect();
        let unread = self.records.iter().filter_map(|record| {
            let count = record.fields.len();
            let reason = match record.fault {
                Some(fault) => fault.to_string(),
                None if count != self.columns => format!("{count} fields, expected {}", self.columns),
                None => return None,
            };
            Some(Unread {
                sample: record.line + lines_before,
                text: cut(lines.get(record.line - 1).unwrap_or(&"")),
                reason,
            })
        });
        Detected { samples: self.records.len(), unread: unread.collect(), verdict }
    }
}

/// The most frequent number of fields, the larger among equally frequent ones.
fn usual_count(counts: &[usize]) -> usize {
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    let usual = counts.chunk_by(|a, b| a == b).max_by_key(|same| (same.len(), same[0]));
    usual.map_or(0, |same| same[0])
}

/// Chooses among delimiters that cut the text regularly, the most regular one first.
fn choose(first: &Layout<'_>, rest: &[Layout<'_>]) -> Detected<TableShape> {
    let top = first.percent();
    let nearly = if top == 100 { 100 } else { top.saturating_sub(MARGIN) + 1 };
    let rivals: Vec<&Layout<'_>> = rest.iter().filter(|layout| layout.percent() >= nearly).collect();
    let mut evidence = vec![said(first.skipped_lines + 1, "", first.describe())];
    evidence.extend(rest.iter().take(2).map(|layout| said(first.skipped_lines + 1, "", layout.describe())));
    if rivals.is_empty() {
        let reading = first.reading(0, evidence);
        let is_proof = first.regular == first.records.len() && first.regular > 1;
        let verdict = if is_proof {
            Verdict::Certain(reading)
        } else {
            Verdict::Plausible { chosen: reading, others: Vec::new() }
        };
        return first.detected(0, verdict);
    }
    let all: Vec<&Layout<'_>> = std::iter::once(first).chain(rivals).collect();
    choose_divided(&all)
}

/// Chooses among delimiters that cut the text alike by what their columns hold.
fn choose_divided(all: &[&Layout<'_>]) -> Detected<TableShape> {
    let signs: Vec<char> = all.iter().map(|layout| layout.delimiter).collect();
    let undivided = |layout: &Layout<'_>| {
        let others: Vec<char> = signs.iter().copied().filter(|sign| *sign != layout.delimiter).collect();
        columns::undivided(&layout.regular_records(), &others)
    };
    let (divided, doubtful): (Vec<&Layout<'_>>, Vec<&Layout<'_>>) =
        all.iter().copied().partition(|layout| undivided(layout).is_none());
    let [chosen] = divided.as_slice() else {
        let readings = all.iter().map(|layout| layout.reading(0, Vec::new())).collect();
        return all[0].detected(0, Verdict::Ambiguous(readings));
    };
    let doubts = doubtful.iter().filter_map(|layout| {
        let (column, sign) = undivided(layout)?;
        let delimiter = shown(layout.delimiter);
        let says = format!("cut by {delimiter}, every cell of column {} holds {}", column + 1, shown(sign));
        Some(said(layout.skipped_lines + 1, "", says))
    });
    let reading = chosen.reading(0, doubts.collect());
    let others = doubtful.iter().map(|layout| layout.reading(0, Vec::new())).collect();
    chosen.detected(0, Verdict::Plausible { chosen: reading, others })
}

/// A text that no delimiter cuts: a single column, unless delimiters are in most lines.
fn one_column(text: &str, whole: bool) -> Detected<TableShape> {
    let layout = Layout::new(text, '\u{1}', Some('"'), whole);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let holding = |sign: &&char| lines.iter().filter(|line| line.contains(**sign)).count();
    let most = DELIMITERS.iter().max_by_key(holding);
    if lines.is_empty() || most.is_some_and(|sign| 2 * holding(&sign) > lines.len()) {
        let unread = lines.first().map(|line| Unread {
            sample: 1,
            text: cut(line),
            reason: "no delimiter cuts the lines into the same number of fields".to_owned(),
        });
        return Detected { samples: lines.len(), verdict: Verdict::Nothing, unread: unread.into_iter().collect() };
    }
    let shape = TableShape { delimiter: None, ..layout.shape(0) };
    let evidence = vec![said(1, "", "no delimiter is in most of the lines".to_owned())];
    let reading = Reading { notation: shape, ..layout.reading(0, evidence) };
    layout.detected(0, Verdict::Certain(reading))
}

fn said(sample: usize, text: &str, says: String) -> Example {
    Example { sample, text: cut(text), says }
}

fn cut(text: &str) -> String {
    text.trim_end().chars().take(QUOTED).collect()
}
