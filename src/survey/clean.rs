//! The `[clean]` section: what the rows of the transactions ask for.

use std::collections::{BTreeMap, BTreeSet};

use super::fit::{File, Fit};
use super::options::Line;
use super::profile::Numbers;
use super::question::{Doubt, Place, Question};
use super::role::Role;
use super::sources::Source;
use super::statuses::{Earned, earned};
use super::text::{counted, grouped, listed, percent, quoted, shown};
use super::words;
use crate::notation::letters::{Folding, fold};

/// Product codes and words for lines that are no products: postage, fees, manual entries, discounts.
const NON_PRODUCTS: &str = "post|postage|dot|dotcom postage|d|discount|m|manual|b|c2|carriage|bank charges|amazonfee|\
    amazon fee|cruk|s|samples|adjust|adjust2|adjustment|shipping|freight|delivery|fee|fees|handling|voucher|\
    gift card|giftcard|tip|versand|versandkosten|porto|rabatt|gutschein|gebühr|frais de port|livraison|remise|envío|\
    gastos de envío|descuento|frete|desconto|spedizione|sconto|verzendkosten|korting|kargo|indirim|هزینه ارسال|تخفیف|\
    حمل|کرایه حمل|الشحن|خصم";

/// Words that stand for nobody in a customer column.
const NOBODY: &str = "guest|anonymous|unknown|none|null|na|nan|n a|walk in|walkin|cash customer|laufkunde|gast|\
    unbekannt|barverkauf|invité|anonyme|inconnu|invitado|anónimo|consumidor final|convidado|ospite|onbekend|misafir|\
    perakende|مهمان|ناشناس|متفرقه|زائر|نقدی";

/// The lines and questions of the section.
pub(super) fn clean(source: &Source<'_, '_>) -> (Vec<Line>, Vec<Doubt>) {
    let (mut lines, mut doubts) = (Vec::new(), Vec::new());
    order_totals(source, &mut lines);
    if let Some(rates) = rates(source) {
        lines.push(rates);
    }
    statuses(source, &mut lines, &mut doubts);
    cancellations(source, &mut lines);
    non_products(source, &mut lines, &mut doubts);
    guests(source, &mut doubts);
    test_accounts(source, &mut doubts);
    duplicates(source, &mut doubts);
    zero_amounts(source, &mut lines);
    spellings(source, &mut doubts);
    (lines, doubts)
}

fn ask(source: &Source<'_, '_>, role: Role, text: String, choices: Vec<String>) -> Doubt {
    let column = source.names(role).first().cloned();
    let file = source.lead().0.sample.path.clone();
    let question = Question { file, column, text, choices, blocking: false };
    Doubt { place: Place::Clean, role: Some(role), question }
}

fn counts<'s>(cells: impl Iterator<Item = &'s str>) -> Vec<(&'s str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in cells {
        *counts.entry(text).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn is_among(list: &'static str, text: &str) -> bool {
    let key = words::words(text).concat();
    list.split('|').any(|known| words::words(known).concat() == key)
}

/// Which states of an order count as revenue.
fn statuses(source: &Source<'_, '_>, lines: &mut Vec<Line>, doubts: &mut Vec<Doubt>) {
    let found = counts(source.cells(Role::Status));
    let of = |wanted| found.iter().filter(|(text, _)| earned(text) == wanted).copied().collect::<Vec<_>>();
    let (yes, no, unknown) = (of(Earned::Yes), of(Earned::No), of(Earned::Unknown));
    let list = |some: &[(&str, usize)]| some.iter().map(|(text, _)| quoted(text)).collect::<Vec<_>>().join(", ");
    let with_counts = |some: &[(&str, usize)]| {
        some.iter().take(6).map(|(text, count)| format!("{text} {}", grouped(*count))).collect::<Vec<_>>().join(", ")
    };
    if found.is_empty() {
        return;
    }
    if !yes.is_empty() {
        let rest = if no.is_empty() { String::new() } else { format!("; not: {}", with_counts(&no)) };
        lines.push((format!("revenue_statuses = [{}]", list(&yes)), format!("rows: {}{rest}", with_counts(&yes))));
    }
    if yes.is_empty() || !unknown.is_empty() {
        let asked = if unknown.is_empty() { &found } else { &unknown };
        let text = format!("is an order earned in these states: {}?", with_counts(asked));
        let all: Vec<(&str, usize)> = yes.iter().chain(asked).copied().collect();
        let choices = vec![format!("revenue_statuses = [{}]", list(&all))];
        doubts.push(ask(source, Role::Status, text, choices));
    }
}

fn numbers<'f>(file: &'f File<'_>, fit: &Fit, role: Role) -> Option<&'f Numbers> {
    file.columns[fit.column(role)?].profile.numbers.as_ref()
}

/// Whether a row takes money or goods back.
fn is_negative(file: &File<'_>, fit: &Fit, row: usize) -> bool {
    [Role::Amount, Role::Quantity].iter().any(|role| {
        numbers(file, fit, *role).and_then(|n| n.values.get(row).copied().flatten()).is_some_and(|value| value < 0.0)
    })
}

/// A letter before the number of an invoice that marks cancellations.
fn cancellations(source: &Source<'_, '_>, lines: &mut Vec<Line>) {
    let mut letters: BTreeMap<char, (usize, usize)> = BTreeMap::new();
    let (mut plain, mut example) = (0, String::new());
    for (file, fit) in &source.parts {
        let Some(at) = fit.column(Role::TransactionId) else { continue };
        for (row, cell) in file.columns[at].sample.cells.iter().enumerate() {
            let Some(text) = cell.as_deref().map(str::trim) else { continue };
            let mut chars = text.chars();
            let Some(first) = chars.next() else { continue };
            if text.bytes().all(|b| b.is_ascii_digit()) {
                plain += 1;
            } else if first.is_ascii_alphabetic() && chars.clone().count() > 2 && chars.all(|c| c.is_ascii_digit()) {
                let entry = letters.entry(first.to_ascii_uppercase()).or_default();
                entry.0 += 1;
                if is_negative(file, fit, row) {
                    entry.1 += 1;
                    if example.is_empty() {
                        text.clone_into(&mut example);
                    }
                }
            }
        }
    }
    let all: usize = letters.values().map(|(rows, _)| rows).sum();
    for (letter, (rows, negative)) in letters {
        if plain > all && negative > 0 && 4 * negative >= 3 * rows {
            let evidence =
                format!("{} such as {}, {} negative", counted(rows, "row"), shown(&example), percent(negative, rows));
            lines.push((format!("cancellation_prefix = \"{letter}\""), evidence));
        }
    }
}

/// Lines that are postage, fees and the like.
fn non_products(source: &Source<'_, '_>, lines: &mut Vec<Line>, doubts: &mut Vec<Doubt>) {
    let found = counts(source.cells(Role::ProductId));
    let has_digit = |text: &str| text.chars().any(char::is_numeric);
    let coded: usize = found.iter().filter(|(text, _)| has_digit(text)).map(|(_, count)| count).sum();
    let all: usize = found.iter().map(|(_, count)| count).sum();
    // a single letter is a code among codes; among letters it is a product
    let is_coded = 5 * coded >= 2 * all;
    let is_known = |text: &str| (is_coded || text.trim().chars().count() > 3) && is_among(NON_PRODUCTS, text);
    let known: Vec<(&str, usize)> = found.iter().filter(|(text, _)| is_known(text)).copied().collect();
    if !known.is_empty() {
        let rows: usize = known.iter().map(|(_, count)| count).sum();
        let list = known.iter().map(|(text, _)| quoted(text)).collect::<Vec<_>>().join(", ");
        let evidence = format!("{} of postage, fees, manual entries and the like", counted(rows, "row"));
        lines.push((format!("non_products = [{list}]"), evidence));
    }
    // among codes with digits, those without stand out
    let odd: Vec<&str> = found
        .iter()
        .map(|(text, _)| *text)
        .filter(|text| !is_known(text) && (!has_digit(text) || text.to_lowercase().starts_with("gift")))
        .collect();
    if !odd.is_empty() && odd.len() <= 30 && is_coded {
        let list =
            known.iter().map(|(text, _)| *text).chain(odd.iter().copied()).map(quoted).collect::<Vec<_>>().join(", ");
        let text = format!("are these products: {}? Their codes are unlike the others. If not:", listed(&odd, 12));
        doubts.push(ask(source, Role::ProductId, text, vec![format!("non_products = [{list}]")]));
    }
}

/// Placeholders for nobody among the customers.
fn guests(source: &Source<'_, '_>, doubts: &mut Vec<Doubt>) {
    let rows: usize = source.parts.iter().map(|(file, _)| file.sample.rows_seen).sum();
    let zeros = |text: &str| text.trim().bytes().all(|b| b == b'0' || b == b'.');
    let nobody: Vec<(&str, usize)> = counts(source.cells(Role::CustomerId))
        .into_iter()
        .filter(|(text, count)| (is_among(NOBODY, text) && *count > 1) || (zeros(text) && 50 * count > rows))
        .collect();
    if let Some((first, count)) = nobody.first() {
        let text =
            format!("is {} somebody, or does it stand for nobody? It has {}.", shown(first), counted(*count, "row"));
        let list = nobody.iter().map(|(text, _)| quoted(text)).collect::<Vec<_>>().join(", ");
        doubts.push(ask(source, Role::CustomerId, text, vec![format!("guest_ids = [{list}]")]));
    }
}

/// Addresses that belong to testers.
fn test_accounts(source: &Source<'_, '_>, doubts: &mut Vec<Doubt>) {
    let ids: BTreeSet<&str> = source.cells(Role::CustomerId).filter(|id| id.contains('@')).collect();
    let is_test = |id: &&&str| {
        let id = id.trim().to_lowercase();
        let (user, domain) = id.split_once('@').unwrap_or((&id, ""));
        user == "test"
            || user.starts_with("test+")
            || user.starts_with("test.")
            || domain.starts_with("example.")
            || domain == "test.com"
    };
    let found: Vec<&str> = ids.iter().filter(is_test).copied().collect();
    if found.is_empty() || 5 * found.len() > ids.len() {
        return;
    }
    let text = format!("are these test accounts: {}?", listed(&found, 5));
    let list = found.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", ");
    doubts.push(ask(source, Role::CustomerId, text, vec![format!("test_accounts = [{list}]")]));
}

/// Rows that are the same in every mapped column.
fn duplicates(source: &Source<'_, '_>, doubts: &mut Vec<Doubt>) {
    let mut seen: BTreeSet<Vec<Option<&str>>> = BTreeSet::new();
    let (mut twice, mut across, mut rows) = (0, 0, 0);
    for (file, fit) in &source.parts {
        if fit.is_total_on_first_row {
            return;
        }
        let mut own: BTreeSet<Vec<Option<&str>>> = BTreeSet::new();
        for row in 0..file.sample.rows_seen {
            rows += 1;
            let cells =
                fit.mapped.iter().map(|m| file.columns[m.column].sample.cells.get(row).and_then(Option::as_deref));
            let key: Vec<Option<&str>> = cells.collect();
            across += usize::from(seen.contains(&key));
            twice += usize::from(!own.insert(key));
        }
        seen.extend(own);
    }
    // without an order id two equal rows of a day are two orders
    if source.lead().1.column(Role::TransactionId).is_none() {
        twice = 0;
    }
    if across > 0 {
        let text = format!(
            "{} stand in two of the files. Do the exports overlap? Then they are one sale each:",
            counted(across, "row")
        );
        doubts.push(ask(source, Role::TransactionId, text, vec!["duplicates = \"overlaps\"".to_owned()]));
    } else if twice > 0 {
        let text = format!(
            "{} of {} repeat another in every column read. Two sales, or one exported twice? Both are kept; for one:",
            counted(twice, "row"),
            grouped(rows)
        );
        doubts.push(ask(source, Role::TransactionId, text, vec!["duplicates = \"merge\"".to_owned()]));
    }
}

/// Purchases of amount zero, which are left out by default.
fn zero_amounts(source: &Source<'_, '_>, lines: &mut Vec<Line>) {
    let mut zero = 0;
    for (file, fit) in &source.parts {
        let role = if fit.column(Role::Amount).is_some() { Role::Amount } else { Role::UnitPrice };
        zero += numbers(file, fit, role).map_or(0, |n| n.values.iter().flatten().filter(|v| **v == 0.0).count());
    }
    if zero > 0 {
        let evidence = format!("{} of amount 0, which are no purchases unless this is set", counted(zero, "row"));
        lines.push(("# zero_amount = \"purchase\"".to_owned(), evidence));
    }
}

/// What the rows of an order say together: its total, and what only the first of them has.
fn order_totals(source: &Source<'_, '_>, lines: &mut Vec<Line>) {
    let (file, fit) = source.lead();
    if fit.is_total_on_first_row {
        let says = "the total stands on the first row of an order, its other rows have none";
        lines.push(("amount_is_order_total = true".to_owned(), says.to_owned()));
    }
    let of_the_order = [Role::CustomerId, Role::Timestamp, Role::Status, Role::Currency, Role::Channel];
    let Some(order) = fit.column(Role::TransactionId) else { return };
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut below: Vec<(usize, usize)> = Vec::new();
    for (row, cell) in file.columns[order].sample.cells.iter().enumerate() {
        let Some(id) = cell.as_deref() else { continue };
        match first.get(id) {
            Some(head) => below.push((*head, row)),
            None => {
                first.insert(id, row);
            }
        }
    }
    let is_carried = |at: &usize| {
        let cells = &file.columns[*at].sample.cells;
        let gaps = below.iter().filter(|(head, row)| cells[*head].is_some() && cells[*row].is_none()).count();
        gaps > 0 && 10 * gaps >= 9 * below.len()
    };
    let carried = of_the_order.iter().filter_map(|role| fit.column(*role)).filter(is_carried);
    let names: Vec<&str> = carried.map(|at| file.columns[at].sample.name.as_str()).collect();
    if !names.is_empty() {
        let says = format!("only the first row of an order has {}", listed(&names, 5));
        lines.push(("carry_down = true".to_owned(), says));
    }
}

/// One toman is ten rials, on every day.
fn rates(source: &Source<'_, '_>) -> Option<Line> {
    super::options::is_rial_and_toman(source).then(|| {
        ("rates = { IRT = 10 }".to_owned(), "the money is in rial and in toman; one toman is ten rials".to_owned())
    })
}

/// Spellings of a name or address that may be one customer.
fn spellings(source: &Source<'_, '_>, doubts: &mut Vec<Doubt>) {
    let ids: BTreeSet<&str> = source.cells(Role::CustomerId).collect();
    let (file, fit) = source.lead();
    let Some(column) = fit.column(Role::CustomerId).map(|at| &file.columns[at]) else { return };
    let (kind, folded): (&str, fn(&str) -> String) = if column.profile.has_emails() {
        ("email", |id| id.trim().to_lowercase())
    } else if column.named(Role::CustomerName).is_some() {
        ("letters", |id| fold(id, Folding::NAMES).into_owned())
    } else {
        return;
    };
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for id in &ids {
        groups.entry(folded(id)).or_default().push(id);
    }
    let Some(example) = groups.values().find(|spellings| spellings.len() > 1) else { return };
    let text = format!(
        "are spellings such as {} one customer? {} would be {}.",
        listed(example, 3),
        counted(ids.len(), "id"),
        grouped(groups.len())
    );
    doubts.push(ask(source, Role::CustomerId, text, vec![format!("fold_ids = \"{kind}\"")]));
}
