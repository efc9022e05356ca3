//! Which columns of a file take the roles of a table, and how well the table fits.

use super::judge::judge;
use super::money;
use super::platform::Platform;
use super::profile::Profile;
use super::question::{Doubt, Place, Question};
use super::role::{Role, Table};
use super::sample::{FileSample, SampleColumn};
use super::text::{quoted, shown};
use super::words::{Dictionary, NameMatch};

/// Points below which a column is not considered for a role.
const LEAST: i32 = 3;

/// A file with what its columns are called and look like.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub sample: &'a FileSample,
    pub columns: Vec<Column<'a>>,
    pub platform: Option<(Platform, String)>,
}

/// A column with what it is called and looks like.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub sample: &'a SampleColumn,
    pub names: Vec<NameMatch>,
    /// Whether a word of the name makes a date or an amount another one: last order, shipping.
    pub is_modified: bool,
    pub profile: Profile,
}

impl<'a> File<'a> {
    pub(super) fn new(sample: &'a FileSample, dictionary: &Dictionary) -> Self {
        let column = |column: &'a SampleColumn| Column {
            sample: column,
            names: dictionary.look_up(&column.name),
            is_modified: dictionary.is_modified(&column.name),
            profile: Profile::of(column),
        };
        let mut file = Self { sample, columns: sample.columns.iter().map(column).collect(), platform: None };
        file.platform = super::platform::recognise(&file);
        file
    }

    /// How a column is written in `columns`: its name, or its position where the name stands twice.
    pub(super) fn written(&self, column: usize) -> String {
        let name = &self.columns[column].sample.name;
        if self.namesakes(column).len() > 1 || name.is_empty() { format!("#{}", column + 1) } else { name.clone() }
    }

    /// The columns with the same name, this one included.
    pub(super) fn namesakes(&self, column: usize) -> Vec<usize> {
        let key = |at: usize| self.columns[at].sample.name.trim().to_lowercase();
        (0..self.columns.len()).filter(|at| key(*at) == key(column)).collect()
    }
}

impl Column<'_> {
    /// What the name says of a role.
    pub(super) fn named(&self, role: Role) -> Option<&NameMatch> {
        self.names.iter().find(|m| m.role == role)
    }

    /// Whether the name says beyond doubt that it is something else than these roles.
    fn is_known_as_other(&self, roles: &[Role]) -> bool {
        self.names.first().is_some_and(|m| m.points >= 10 && !roles.contains(&m.role))
    }
}

/// A column that takes a role.
#[derive(Debug, Clone)]
pub(super) struct Mapped {
    pub role: Role,
    pub column: usize,
    pub points: i32,
    pub evidence: String,
}

/// A table with the columns that a file has for it.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub table: Table,
    pub mapped: Vec<Mapped>,
    /// Required roles that no column takes.
    pub missing: Vec<Role>,
    pub doubts: Vec<Doubt>,
    /// Remarks for comments.
    pub notes: Vec<String>,
    /// Whether the total of an order stands on its first row alone.
    pub is_total_on_first_row: bool,
    pub points: i32,
}

impl Fit {
    /// The column that takes a role.
    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.mapped.iter().find(|m| m.role == role).map(|m| m.column)
    }

    pub(super) fn take_out(&mut self, role: Role) {
        self.mapped.retain(|m| m.role != role);
    }

    fn is_taken(&self, column: usize) -> bool {
        self.mapped.iter().any(|m| m.column == column)
    }

    /// Whether there is money in it.
    pub(super) fn has_money(&self) -> bool {
        let has = |role| self.column(role).is_some();
        has(Role::Amount) || (has(Role::Quantity) && has(Role::UnitPrice))
    }
}

/// The best columns of a file for a table.
pub(super) fn fit(file: &File<'_>, table: Table) -> Fit {
    let mut fit = Fit {
        table,
        mapped: Vec::new(),
        missing: Vec::new(),
        doubts: Vec::new(),
        notes: Vec::new(),
        is_total_on_first_row: false,
        points: 0,
    };
    let candidates = candidates(file, table);
    for candidate in &candidates {
        if fit.column(candidate.role).is_none() && !fit.is_taken(candidate.column) {
            fit.mapped.push(candidate.clone());
        }
    }
    if table == Table::Transactions {
        find_by_content(file, &mut fit);
        doubt_one_timers(file, &mut fit);
        check_transaction_id(file, &mut fit);
        money::decide(file, &mut fit);
    }
    doubt_rivals(file, &candidates, &mut fit);
    doubt_name_as_id(file, &mut fit);
    doubt_namesakes(file, &mut fit);
    fit.missing = table.required().iter().copied().filter(|role| fit.column(*role).is_none()).collect();
    fit.missing.retain(|role| !fit.doubts.iter().any(|d| d.question.blocking && d.role == Some(*role)));
    fit.points = super::choose::points(file, &fit);
    fit.mapped.sort_by_key(|m| table.columns().iter().position(|(role, _)| *role == m.role));
    fit
}

/// Every column for every role that it may take, the likeliest first.
fn candidates(file: &File<'_>, table: Table) -> Vec<Mapped> {
    let has_quantity = file
        .columns
        .iter()
        .any(|c| c.named(Role::Quantity).is_some_and(|m| m.points >= 5) && judge(Role::Quantity, &c.profile).is_some());
    let mut found: Vec<Mapped> = Vec::new();
    for (role, _) in table.columns() {
        for (at, column) in file.columns.iter().enumerate() {
            let pinned = file.platform.as_ref().and_then(|(platform, _)| platform.pin(file, table, *role));
            if let Some(pinned) = pinned {
                if pinned == at {
                    found.extend(pinned_candidate(file, *role, at));
                }
                continue;
            }
            if let Some(mapped) = candidate(column, table, *role, at) {
                let price_alone = table == Table::Transactions && mapped.role == Role::UnitPrice && !has_quantity;
                if !(price_alone && column.named(Role::Amount).is_some_and(|m| m.points >= 6)) {
                    found.push(mapped);
                }
            }
        }
    }
    found.sort_by_key(|m| std::cmp::Reverse(m.points));
    found
}

fn pinned_candidate(file: &File<'_>, role: Role, column: usize) -> Option<Mapped> {
    let (platform, _) = file.platform.as_ref()?;
    let evidence = judge(role, &file.columns[column].profile).map_or(String::new(), |(_, says)| format!("; {says}"));
    let evidence = format!("{}{evidence}", platform.name());
    Some(Mapped { role, column, points: 20, evidence })
}

/// A column for a role, by its name and its cells.
fn candidate(column: &Column<'_>, table: Table, role: Role, at: usize) -> Option<Mapped> {
    let (points, says) = judge(role, &column.profile)?;
    let is_price = role == Role::Amount && column.named(Role::UnitPrice).is_some();
    if let Some(name) = column.named(role).filter(|m| !is_price || m.points >= 6) {
        let evidence = format!("{}; {says}", name.evidence());
        // an `Id` that is different in every row of a log is rather the order's
        let is_row_id = table == Table::Transactions && role == Role::CustomerId && name.points <= 6;
        let points = name.points + if is_row_id && column.profile.is_unique() { -2 } else { points };
        return (points >= LEAST).then_some(Mapped { role, column: at, points, evidence });
    }
    if role != Role::CustomerId {
        return None;
    }
    // without an id, an address or a name tells who it is
    for (stand_in, worth) in [(Role::Email, 5), (Role::Phone, 4), (Role::CustomerName, 3)] {
        let Some(name) = column.named(stand_in).filter(|m| m.points >= 5) else { continue };
        if judge(stand_in, &column.profile).is_some() {
            let evidence = format!("no id, {} instead; {says}", kind_of(stand_in));
            return Some(Mapped { role, column: at, points: worth - i32::from(name.points < 10) + 1, evidence });
        }
    }
    None
}

fn kind_of(stand_in: Role) -> &'static str {
    match stand_in {
        Role::Email => "the e-mail address",
        Role::Phone => "the phone number",
        _ => "the name",
    }
}

/// Looks for the day and the customer of a log among columns whose names say nothing.
fn find_by_content(file: &File<'_>, fit: &mut Fit) {
    if fit.column(Role::Timestamp).is_none() {
        let free = |at: &usize| {
            let column = &file.columns[*at];
            let others = [Role::Timestamp, Role::Start, Role::ContactedAt];
            let open = !fit.is_taken(*at) && !column.is_modified && !column.is_known_as_other(&others);
            open && column.profile.has_dates()
        };
        let found: Vec<usize> = (0..file.columns.len()).filter(free).collect();
        take_by_content(file, fit, Role::Timestamp, &found, "dates, and no name that says which they are");
    }
    let is_log = fit.column(Role::Timestamp).is_some() && fit.column(Role::Amount).is_some();
    if fit.column(Role::CustomerId).is_none() && is_log {
        let free = |at: &usize| {
            let column = &file.columns[*at];
            let profile = &column.profile;
            let other = column.is_known_as_other(&[Role::CustomerId, Role::CustomerName]);
            let key = profile.repeats() && profile.distinct > 1 && judge(Role::CustomerId, profile).is_some();
            !fit.is_taken(*at) && key && !other
        };
        let found: Vec<usize> = (0..file.columns.len()).filter(free).collect();
        take_by_content(file, fit, Role::CustomerId, &found, "values that come back, as those of a customer do");
    }
}

/// Takes the only column that can be it, with a question; asks which when there are several.
fn take_by_content(file: &File<'_>, fit: &mut Fit, role: Role, found: &[usize], why: &str) {
    let Some(standard) = fit.table.standard(role) else { return };
    let choices: Vec<String> = found.iter().map(|at| format!("{standard} = {}", quoted(&file.written(*at)))).collect();
    let names: Vec<&str> = found.iter().map(|at| file.columns[*at].sample.name.as_str()).collect();
    match found {
        [] => {}
        [only] => {
            let evidence = judge(role, &file.columns[*only].profile).map_or(String::new(), |(_, says)| says);
            fit.mapped.push(Mapped {
                role,
                column: *only,
                points: 4,
                evidence: format!("by its cells alone; {evidence}"),
            });
            let text = format!("is {} the {standard}? It has {why}.", shown(names[0]));
            fit.doubts.push(doubt(file, role, Some(*only), text, Vec::new(), false));
        }
        _ => {
            let names = super::text::listed(&names, 6);
            let text = format!("which column is the {standard}? {names} have {why}.");
            fit.doubts.push(doubt(file, role, None, text, choices, true));
        }
    }
}

/// A doubt about a column of a file.
pub(super) fn doubt(
    file: &File<'_>,
    role: Role,
    column: Option<usize>,
    text: String,
    choices: Vec<String>,
    blocking: bool,
) -> Doubt {
    let column = column.map(|at| file.columns[at].sample.name.clone());
    let question = Question { file: file.sample.path.clone(), column, text, choices, blocking };
    Doubt { place: Place::Columns, role: Some(role), question }
}

/// An order belongs to one customer; where it doesn't, the column counts something else.
fn check_transaction_id(file: &File<'_>, fit: &mut Fit) {
    let (Some(order), Some(customer)) = (fit.column(Role::TransactionId), fit.column(Role::CustomerId)) else { return };
    let mut owners: std::collections::BTreeMap<&str, &str> = std::collections::BTreeMap::new();
    let (mut shared, mut pairs) = (0, 0);
    let cells = file.columns[order].sample.cells.iter().zip(&file.columns[customer].sample.cells);
    for (order, customer) in cells {
        let (Some(order), Some(customer)) = (order, customer) else { continue };
        pairs += 1;
        shared += usize::from(*owners.entry(order).or_insert(customer) != customer);
    }
    let name = shown(&file.columns[order].sample.name);
    if shared * 20 > pairs {
        fit.take_out(Role::TransactionId);
        fit.notes.push(format!("{name} is no order id: its values come back with other customers"));
    } else if owners.len() < pairs
        && let Some(mapped) = fit.mapped.iter_mut().find(|m| m.role == Role::TransactionId)
    {
        mapped.evidence.push_str(if shared == 0 {
            ", each with one customer"
        } else {
            ", nearly each with one customer"
        });
    }
}

/// Asks where another column is as likely.
fn doubt_rivals(file: &File<'_>, candidates: &[Mapped], fit: &mut Fit) {
    let asked = [Role::CustomerId, Role::Timestamp, Role::Amount, Role::TransactionId, Role::Score, Role::Touchpoint];
    for mapped in fit.mapped.clone() {
        let rivals: Vec<&Mapped> = candidates
            .iter()
            .filter(|c| c.role == mapped.role && c.column != mapped.column && !fit.is_taken(c.column))
            .filter(|c| c.points + 2 >= mapped.points && mapped.points < 20)
            .filter(|c| !file.namesakes(mapped.column).contains(&c.column))
            .collect();
        let Some(standard) = fit.table.standard(mapped.role).filter(|_| asked.contains(&mapped.role)) else { continue };
        if rivals.is_empty() {
            continue;
        }
        let names: Vec<&str> = rivals.iter().map(|c| file.columns[c.column].sample.name.as_str()).collect();
        let chosen = shown(&file.columns[mapped.column].sample.name);
        let is_key = matches!(mapped.role, Role::CustomerId | Role::TransactionId);
        let alike = if is_key && rivals.iter().all(|c| is_renaming(file, mapped.column, c.column)) {
            " They go together one to one, so the result is the same."
        } else {
            ""
        };
        let text = format!("is {chosen} the {standard}, or {}?{alike}", super::text::listed(&names, 4));
        let choices = rivals.iter().map(|c| format!("{standard} = {}", quoted(&file.written(c.column)))).collect();
        fit.doubts.push(doubt(file, mapped.role, Some(mapped.column), text, choices, false));
    }
}

/// Asks about a customer that never comes back: some shops write a new id with every order.
fn doubt_one_timers(file: &File<'_>, fit: &mut Fit) {
    const MANY: usize = 50;
    let Some(at) = fit.column(Role::CustomerId) else { return };
    let profile = &file.columns[at].profile;
    if !profile.is_unique() || profile.filled < MANY || fit.doubts.iter().any(|d| d.role == Some(Role::CustomerId)) {
        return;
    }
    let name = shown(&file.columns[at].sample.name);
    let text = format!("does {name} tell the customer or the order? No value of it comes back.");
    fit.doubts.push(doubt(file, Role::CustomerId, Some(at), text, Vec::new(), false));
}

/// Asks whether a name is good enough to tell customers apart.
fn doubt_name_as_id(file: &File<'_>, fit: &mut Fit) {
    let Some(at) = fit.column(Role::CustomerId) else { return };
    let is = |role| file.columns[at].named(role).is_some();
    if !is(Role::CustomerName)
        || is(Role::CustomerId)
        || is(Role::Email)
        || fit.doubts.iter().any(|d| d.role == Some(Role::CustomerId))
    {
        return;
    }
    let name = shown(&file.columns[at].sample.name);
    let text = format!(
        "is {name} enough to tell customers apart? There is no id; two people of one name would be one customer, and \
         two spellings of a name two."
    );
    fit.doubts.push(doubt(file, Role::CustomerId, Some(at), text, Vec::new(), false));
}

/// Whether two columns name the same things in other words.
fn is_renaming(file: &File<'_>, one: usize, other: usize) -> bool {
    let pairs = file.columns[one].sample.cells.iter().zip(&file.columns[other].sample.cells);
    let pairs: std::collections::BTreeSet<_> = pairs.collect();
    let (a, b) = (&file.columns[one].profile, &file.columns[other].profile);
    a.distinct == b.distinct && pairs.len() == a.distinct
}

/// Asks which of two columns with one name is meant.
fn doubt_namesakes(file: &File<'_>, fit: &mut Fit) {
    for mapped in fit.mapped.clone() {
        let same = file.namesakes(mapped.column);
        let Some(standard) = fit.table.standard(mapped.role).filter(|_| same.len() > 1) else { continue };
        fit.take_out(mapped.role);
        let first = |at: &usize| file.columns[*at].sample.filled().next().unwrap_or("nothing").to_owned();
        let firsts: Vec<String> =
            same.iter().map(|at| format!("column {} begins with {}", at + 1, shown(&first(at)))).collect();
        let name = shown(&file.columns[mapped.column].sample.name);
        let text = format!("{} columns are called {name}: {}. Which is the {standard}?", same.len(), firsts.join(", "));
        let choices = same.iter().map(|at| format!("{standard} = \"#{}\"", at + 1)).collect();
        fit.doubts.push(doubt(file, mapped.role, Some(mapped.column), text, choices, true));
    }
}
