//! The sources of a pipeline: which files go together, and whether their ids meet.

use std::collections::BTreeSet;

use super::choose;
use super::fit::{File, Fit, fit};
use super::judge::judge;
use super::question::{Doubt, Place, Question};
use super::role::{Role, Table};
use super::text::{counted, grouped, listed, quoted_list, shown};
use crate::notation::ids;

/// A table with the files that fill it.
#[derive(Debug)]
pub(super) struct Source<'f, 'a> {
    pub table: Table,
    /// The files with their columns; all have the same roles.
    pub parts: Vec<(&'f File<'a>, Fit)>,
    /// Ids that have to be brought into one form.
    pub repair_ids: Option<(&'static str, String)>,
    pub doubts: Vec<Doubt>,
}

/// The sources in the order of the tables, and the files that fit none.
pub(super) fn gather<'f, 'a>(files: &'f [File<'a>]) -> (Vec<Source<'f, 'a>>, Vec<(&'f File<'a>, Vec<Fit>)>) {
    let mut sources: Vec<Source<'f, 'a>> = Vec::new();
    let mut left_out = Vec::new();
    for file in files {
        let fits: Vec<Fit> = Table::ALL.iter().map(|table| fit(file, *table)).collect();
        match choose::best(&fits) {
            None => left_out.push((file, fits)),
            Some(best) => place(&mut sources, file, best.clone()),
        }
    }
    sources.sort_by_key(|s| Table::ALL.iter().position(|table| *table == s.table));
    meet_transactions(&mut sources);
    (sources, left_out)
}

/// Adds a file to the source of its table, or asks which of two is meant.
fn place<'f, 'a>(sources: &mut Vec<Source<'f, 'a>>, file: &'f File<'a>, fit: Fit) {
    let Some(source) = sources.iter_mut().find(|s| s.table == fit.table) else {
        sources.push(Source { table: fit.table, parts: vec![(file, fit)], repair_ids: None, doubts: Vec::new() });
        return;
    };
    if source.parts.iter().any(|(other, other_fit)| belong_together(other, other_fit, file, &fit)) {
        source.parts.push((file, fit));
        return;
    }
    let better = fit.points > source.parts[0].1.points;
    let (kept, left) = if better { (file, source.parts[0].0) } else { (source.parts[0].0, file) };
    let table = fit.table.name();
    let text = format!(
        "{} looks like {table} too, with other columns than {}. One source has files of one shape: which is meant?",
        left.sample.path, kept.sample.path
    );
    let choices = vec![format!("path = {}", super::text::quoted(&left.sample.path))];
    let question = Question { file: left.sample.path.clone(), column: None, text, choices, blocking: false };
    source.doubts.push(Doubt { place: Place::Source, role: None, question });
    if better {
        source.parts = vec![(file, fit)];
    }
}

fn belong_together(a: &File<'_>, a_fit: &Fit, b: &File<'_>, b_fit: &Fit) -> bool {
    let names = |file: &File<'_>| file.columns.iter().map(|c| c.sample.name.clone()).collect::<BTreeSet<_>>();
    let roles = |fit: &Fit| fit.mapped.iter().map(|m| m.role).collect::<BTreeSet<_>>();
    let same_series = pattern(a.sample.stem()) == pattern(b.sample.stem()) && roles(a_fit) == roles(b_fit);
    names(a) == names(b) || same_series
}

/// A name with its numbers replaced by `*`: `orders_2024_01` and `orders_2023` are `orders_*`.
fn pattern(name: &str) -> String {
    let mut out = String::new();
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let between =
            matches!(c, '_' | '-' | '.') && out.ends_with('*') && chars.peek().is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() || between {
            if !out.ends_with('*') {
                out.push('*');
            }
        } else {
            out.push(c);
        }
    }
    out
}

impl Source<'_, '_> {
    /// The first file with its columns.
    pub(super) fn lead(&self) -> (&File<'_>, &Fit) {
        (self.parts[0].0, &self.parts[0].1)
    }

    /// The value of `path`: one file, a glob, or a list.
    pub(super) fn path(&self, all: &[File<'_>]) -> String {
        let mut paths: Vec<String> = self.parts.iter().map(|(file, _)| file.sample.path.clone()).collect();
        paths.sort();
        let globs: BTreeSet<String> = paths.iter().map(|path| glob_of(path)).collect();
        let glob = globs.iter().next().filter(|_| globs.len() == 1 && paths.len() > 2);
        match glob {
            Some(glob) if all.iter().filter(|f| glob_of(&f.sample.path) == *glob).count() == paths.len() => {
                super::text::quoted(glob)
            }
            _ => quoted_list(&paths),
        }
    }

    /// Leaves out the columns that the program doesn't take.
    pub(super) fn keep(&mut self, takes: &dyn Fn(&str, &str) -> bool) {
        let table = self.table;
        for (_, fit) in &mut self.parts {
            fit.mapped.retain(|m| table.standard(m.role).is_some_and(|standard| takes(table.name(), standard)));
        }
    }

    /// The cells of a role in all files.
    pub(super) fn cells(&self, role: Role) -> impl Iterator<Item = &str> {
        self.parts
            .iter()
            .filter_map(move |(file, fit)| Some((file, fit.column(role)?)))
            .flat_map(|(file, at)| file.columns[at].sample.filled())
    }

    /// The names of a role's column in the files, each once.
    pub(super) fn names(&self, role: Role) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (file, fit) in &self.parts {
            let Some(at) = fit.column(role) else { continue };
            let name = file.written(at);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

fn glob_of(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(folder, file)| (folder, file));
    let (stem, ending) = file.split_once('.').map_or((file, String::new()), |(stem, rest)| (stem, format!(".{rest}")));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{}{ending}", pattern(stem))
}

/// Looks whether the customers of the other tables are those of the transactions; where another column has them, it is
/// the customer.
fn meet_transactions(sources: &mut [Source<'_, '_>]) {
    let Some(at) = sources.iter().position(|s| s.table == Table::Transactions) else { return };
    for (role, tables) in [
        (Role::CustomerId, &[Table::Customers, Table::Interactions, Table::Feedback, Table::Contacts][..]),
        (Role::ProductId, &[Table::Products][..]),
    ] {
        let known: BTreeSet<String> = sources[at].cells(role).map(str::to_owned).collect();
        if known.is_empty() {
            continue;
        }
        for other in 0..sources.len() {
            if tables.contains(&sources[other].table)
                && !meet(&mut sources[other], role, &known)
                && role == Role::CustomerId
            {
                repair(sources, at, other);
            }
        }
    }
}

/// The share of values in common, of the smaller side.
fn overlap(known: &BTreeSet<String>, found: &BTreeSet<String>) -> (usize, usize) {
    (found.intersection(known).count(), found.len().min(known.len()))
}

/// Whether a source has the ids of the transactions, if need be in another column.
fn meet(source: &mut Source<'_, '_>, role: Role, known: &BTreeSet<String>) -> bool {
    let values = |source: &Source<'_, '_>| source.cells(role).map(str::to_owned).collect::<BTreeSet<_>>();
    let (common, smaller) = overlap(known, &values(source));
    let says = |common, smaller| format!("{} of {} are in transactions", grouped(common), grouped(smaller));
    if common > 0 && 20 * common >= smaller {
        add_evidence(source, role, &says(common, smaller));
        return true;
    }
    let (file, fit) = (source.parts[0].0, &source.parts[0].1);
    let Some(assigned) = fit.column(role).filter(|_| source.parts.len() == 1) else { return false };
    let better =
        (0..file.columns.len()).filter(|at| *at != assigned && judge(role, &file.columns[*at].profile).is_some());
    let better = better
        .map(|at| (at, overlap(known, &file.columns[at].sample.filled().map(str::to_owned).collect())))
        .filter(|(_, (common, smaller))| *common >= 2 && 2 * common >= *smaller)
        .max_by_key(|(at, (common, _))| (*common, std::cmp::Reverse(*at)));
    let Some((at, (common, smaller))) = better else { return false };
    let unique = |at: usize| file.columns[at].profile.is_unique();
    if matches!(source.table, Table::Customers | Table::Products) && !unique(at) {
        return false;
    }
    let old = shown(&file.columns[assigned].sample.name);
    let evidence = format!("its values are those of transactions ({}); {old} has none of them", says(common, smaller));
    let fit = &mut source.parts[0].1;
    fit.mapped.retain(|m| m.role == role || m.column != at);
    fit.doubts.retain(|d| d.role != Some(role));
    if let Some(mapped) = fit.mapped.iter_mut().find(|m| m.role == role) {
        mapped.column = at;
        mapped.evidence = evidence;
    }
    true
}

fn add_evidence(source: &mut Source<'_, '_>, role: Role, says: &str) {
    for (_, fit) in &mut source.parts {
        if let Some(mapped) = fit.mapped.iter_mut().find(|m| m.role == role) {
            mapped.evidence = format!("{}; {says}", mapped.evidence);
        }
    }
}

/// No id is common: 15- and 18-character ids of Salesforce may be, or a question is.
fn repair(sources: &mut [Source<'_, '_>], transactions: usize, other: usize) {
    let short = |source: &Source<'_, '_>| {
        let cells = source.cells(Role::CustomerId);
        cells.map(|id| ids::salesforce_15(id).unwrap_or(id).to_owned()).collect::<BTreeSet<_>>()
    };
    let (mine, theirs) = (short(&sources[transactions]), short(&sources[other]));
    let (common, smaller) = overlap(&mine, &theirs);
    if common > 0 && 2 * common >= smaller {
        let says = format!("15- and 18-character ids; without the check suffix {common} of {smaller} are the same");
        for at in [transactions, other] {
            sources[at].repair_ids = Some(("salesforce", says.clone()));
        }
        return;
    }
    let whole = |source: &Source<'_, '_>| source.parts.iter().all(|(file, _)| file.sample.is_whole);
    if !(whole(&sources[transactions]) && whole(&sources[other])) {
        return;
    }
    let example =
        |source: &Source<'_, '_>| source.cells(Role::CustomerId).take(2).map(str::to_owned).collect::<Vec<_>>();
    let (file, fit) = sources[other].lead();
    let Some(column) = fit.column(Role::CustomerId).map(|at| file.columns[at].sample.name.clone()) else { return };
    let text = format!(
        "none of its {} is a customer of the transactions ({} against {}). Is {} the right column?",
        counted(theirs.len(), "id"),
        listed(&example(&sources[other]), 2),
        listed(&example(&sources[transactions]), 2),
        shown(&column)
    );
    let question =
        Question { file: file.sample.path.clone(), column: Some(column), text, choices: Vec::new(), blocking: false };
    sources[other].doubts.push(Doubt { place: Place::Columns, role: Some(Role::CustomerId), question });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_series_have_one_pattern() {
        assert_eq!(pattern("orders_2024_01"), "orders_*");
        assert_eq!(pattern("orders_2023"), "orders_*");
        assert_eq!(pattern("2024-01-05_orders"), "*_orders");
        assert_ne!(pattern("orders_a"), pattern("orders_b"));
        assert_eq!(glob_of("in/2024/orders_2024_01.csv.gz"), "in/2024/orders_*.csv.gz");
    }
}
