//! Amount, or quantity × price: what the money of a line is.

use super::fit::{File, Fit, Mapped, doubt};
use super::judge::judge;
use super::profile::Numbers;
use super::question::{Doubt, Place};
use super::role::Role;
use super::text::{percent, quoted, shown};

/// Rows that a comparison of columns needs.
const ENOUGH: usize = 20;

/// Decides what the money of a line is, from all columns that hold some.
pub(super) fn decide(file: &File<'_>, fit: &mut Fit) {
    let has = |fit: &Fit, role| fit.column(role).is_some();
    check_first_rows(file, fit);
    match (has(fit, Role::Amount), has(fit, Role::Quantity), has(fit, Role::UnitPrice)) {
        (true, _, true) if fit.is_total_on_first_row => leave_price_out(file, fit, "the total of the order is there"),
        (true, true, true) => amount_and_price(file, fit),
        (true, _, price) => {
            if price {
                leave_price_out(file, fit, "the amount is there");
            }
            check_price_as_amount(file, fit);
        }
        (false, true, true) => check_unit_price(file, fit),
        (false, false, true) => price_alone(file, fit),
        (false, _, false) => by_content(file, fit),
    }
    check_lines_of_orders(file, fit);
}

fn numbers<'f>(file: &'f File<'_>, column: Option<usize>) -> Option<&'f Numbers> {
    file.columns[column?].profile.numbers.as_ref()
}

fn name(file: &File<'_>, column: Option<usize>) -> String {
    column.map_or(String::new(), |at| shown(&file.columns[at].sample.name))
}

/// All three are there: the amount stands, unless it is the total of an order on each of its lines.
fn amount_and_price(file: &File<'_>, fit: &mut Fit) {
    let columns = [Role::Amount, Role::Quantity, Role::UnitPrice].map(|role| fit.column(role));
    let [Some(amount), Some(quantity), Some(price)] = columns.map(|c| numbers(file, c)) else { return };
    let rows = amount.values.iter().zip(&quantity.values).zip(&price.values);
    let full: Vec<(f64, f64)> = rows.filter_map(|((a, q), p)| Some(((*a)?, (*q)? * (*p)?))).collect();
    let equal = full.iter().filter(|(a, product)| (a - product).abs() <= 0.011 + 0.005 * a.abs()).count();
    let product = format!("{} × {}", name(file, columns[1]), name(file, columns[2]));
    if 100 * equal >= 90 * full.len() && !full.is_empty() {
        add_evidence(fit, Role::Amount, &format!("= {product} in {} of the rows", percent(equal, full.len())));
        leave_price_out(file, fit, "the amount says the same");
    } else if total_on_every_line(file, fit) {
        let total = name(file, columns[0]);
        fit.take_out(Role::Amount);
        let says = format!("{total} repeats the total of the order on each of its lines");
        add_evidence(fit, Role::UnitPrice, &format!("money = {product}: {says}"));
        let text = format!("is the money of a line {product}? {says}, so it can't be summed.");
        fit.doubts.push(doubt(file, Role::UnitPrice, columns[2], text, Vec::new(), false));
    } else {
        let share = percent(equal, full.len());
        leave_price_out(file, fit, &format!("the amount is there; {product} equals it in {share} of the rows"));
    }
}

fn add_evidence(fit: &mut Fit, role: Role, says: &str) {
    if let Some(mapped) = fit.mapped.iter_mut().find(|m| m.role == role) {
        mapped.evidence = format!("{}; {says}", mapped.evidence);
    }
}

fn leave_price_out(file: &File<'_>, fit: &mut Fit, why: &str) {
    let price = name(file, fit.column(Role::UnitPrice));
    fit.take_out(Role::UnitPrice);
    fit.notes.push(format!("{price} is not needed: {why}"));
}

/// How the price goes with the number of pieces: 1 for the money of a line, 0 or less for the price of one piece.
/// The slope of log price on log quantity, over rows where both are positive; `None` when they don't vary enough.
fn elasticity(quantity: &Numbers, price: &Numbers) -> Option<f64> {
    let rows = quantity.values.iter().zip(&price.values);
    let logs: Vec<(f64, f64)> =
        rows.filter_map(|(q, p)| Some((q.filter(|q| *q > 0.0)?.ln(), p.filter(|p| *p > 0.0)?.ln()))).collect();
    let count = logs.len() as f64;
    if logs.len() < ENOUGH {
        return None;
    }
    let mean_q = logs.iter().map(|(q, _)| q).sum::<f64>() / count;
    let mean_p = logs.iter().map(|(_, p)| p).sum::<f64>() / count;
    let spread: f64 = logs.iter().map(|(q, _)| (q - mean_q).powi(2)).sum();
    let common: f64 = logs.iter().map(|(q, p)| (q - mean_q) * (p - mean_p)).sum();
    (spread / count > 0.01).then(|| common / spread)
}

/// Quantity and price are there: the price is that of a piece unless it grows with the pieces.
fn check_unit_price(file: &File<'_>, fit: &mut Fit) {
    let (at_quantity, at_price) = (fit.column(Role::Quantity), fit.column(Role::UnitPrice));
    let (Some(quantity), Some(price)) = (numbers(file, at_quantity), numbers(file, at_price)) else { return };
    let grows = elasticity(quantity, price);
    let (pieces, money) = (name(file, at_quantity), name(file, at_price));
    match grows {
        Some(slope) if slope >= 0.6 => {
            let column = fit.mapped.iter_mut().find(|m| m.role == Role::UnitPrice);
            let Some(mapped) = column else { return };
            mapped.role = Role::Amount;
            mapped.evidence = format!("{}; it grows with {pieces}", mapped.evidence);
            let text = format!(
                "is {money} the money of the whole line? It grows with {pieces}, as a price of one piece doesn't."
            );
            let choices = vec![format!("unit_price = {}   # in place of amount", quoted(&file.written(mapped.column)))];
            let at = mapped.column;
            fit.doubts.push(doubt(file, Role::Amount, Some(at), text, choices, false));
        }
        Some(_) => add_evidence(fit, Role::UnitPrice, &format!("it doesn't grow with {pieces}, so it is per piece")),
        None => add_evidence(fit, Role::UnitPrice, &format!("with {pieces} beside it, per piece")),
    }
}

/// A price is taken for the amount: is there a number of pieces beside it after all?
fn check_price_as_amount(file: &File<'_>, fit: &mut Fit) {
    let Some(amount) = fit.column(Role::Amount) else { return };
    if file.columns[amount].named(Role::UnitPrice).is_none() {
        return;
    }
    let pieces = (0..file.columns.len()).find(|at| {
        let column = &file.columns[*at];
        let whole =
            column.profile.numbers.as_ref().is_some_and(|n| n.whole && n.median.abs() <= 100.0 && n.least >= 0.0);
        let free = !fit.mapped.iter().any(|m| m.column == *at) && column.names.is_empty();
        whole && free && column.profile.repeats() && column.profile.distinct > 2
    });
    let Some(pieces) = pieces.filter(|_| fit.column(Role::Quantity).is_none()) else {
        if fit.column(Role::Quantity).is_none() {
            add_evidence(fit, Role::Amount, "no quantity beside it, so it is the money of the row");
        }
        return;
    };
    let (count, money) = (name(file, Some(pieces)), name(file, Some(amount)));
    let (Some(q), Some(p)) = (numbers(file, Some(pieces)), numbers(file, Some(amount))) else { return };
    let grows = elasticity(q, p);
    if let Some(slope) = grows.filter(|slope| *slope >= 0.6) {
        let says =
            format!("it grows with {count} (elasticity {slope:.2}), so it is the money of the row, not of a piece");
        add_evidence(fit, Role::Amount, &says);
        return;
    }
    let text = format!("is {money} the money of the row, or of one piece with {count} the number of pieces?");
    let choices = vec![
        format!("unit_price = {}   # in place of amount", quoted(&file.written(amount))),
        format!("quantity = {}", quoted(&file.written(pieces))),
    ];
    fit.doubts.push(doubt(file, Role::Amount, Some(amount), text, choices, false));
}

/// The price of a piece without the pieces is no money.
fn price_alone(file: &File<'_>, fit: &mut Fit) {
    let Some(price) = fit.column(Role::UnitPrice) else { return };
    fit.take_out(Role::UnitPrice);
    let written = quoted(&file.written(price));
    let text = format!(
        "{} is the price of one piece, and no column is a quantity. Is every row one piece?",
        name(file, Some(price))
    );
    let choices = vec![format!("amount = {written}"), format!("unit_price = {written}   # and quantity = ...")];
    fit.doubts.push(doubt(file, Role::Amount, Some(price), text, choices, true));
}

/// No name says money: the only column of numbers with decimals may be it.
fn by_content(file: &File<'_>, fit: &mut Fit) {
    let free = |at: &usize| {
        let column = &file.columns[*at];
        let other = column.names.first().is_some_and(|m| m.points >= 5);
        let money = column.profile.numbers.as_ref().is_some_and(|n| !n.whole || n.marked || n.has_currency);
        !fit.mapped.iter().any(|m| m.column == *at) && money && !other && judge(Role::Amount, &column.profile).is_some()
    };
    let found: Vec<usize> = (0..file.columns.len()).filter(free).collect();
    // many columns of numbers are measurements, not money
    if fit.column(Role::Timestamp).is_none() || found.len() > 6 {
        return;
    }
    let choices: Vec<String> = found.iter().map(|at| format!("amount = {}", quoted(&file.written(*at)))).collect();
    match found[..] {
        [] => {}
        [only] => {
            let says = judge(Role::Amount, &file.columns[only].profile).map_or(String::new(), |(_, says)| says);
            let evidence = format!("by its cells alone; {says}");
            fit.mapped.push(Mapped { role: Role::Amount, column: only, points: 4, evidence });
            let text = format!(
                "is {} the money of the row? Its numbers have decimals, its name doesn't tell.",
                name(file, Some(only))
            );
            fit.doubts.push(doubt(file, Role::Amount, Some(only), text, Vec::new(), false));
        }
        _ => {
            let names: Vec<&str> = found.iter().map(|at| file.columns[*at].sample.name.as_str()).collect();
            let text =
                format!("which column is the money of the row? {} have decimals.", super::text::listed(&names, 6));
            fit.doubts.push(doubt(file, Role::Amount, None, text, choices, true));
        }
    }
}

/// Orders of several rows, as positions in the sample.
fn orders_of_lines(file: &File<'_>, fit: &Fit) -> Vec<Vec<usize>> {
    let Some(order) = fit.column(Role::TransactionId) else { return Vec::new() };
    let mut orders: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
    for (row, cell) in file.columns[order].sample.cells.iter().enumerate() {
        if let Some(id) = cell.as_deref() {
            orders.entry(id).or_default().push(row);
        }
    }
    orders.into_values().filter(|rows| rows.len() > 1).collect()
}

/// Whether the amount is the same on all lines of nearly every order.
fn total_on_every_line(file: &File<'_>, fit: &Fit) -> bool {
    let Some(amount) = numbers(file, fit.column(Role::Amount)) else { return false };
    let orders = orders_of_lines(file, fit);
    let same = |rows: &&Vec<usize>| {
        let first = amount.values[rows[0]];
        first.is_some() && rows.iter().all(|row| amount.values[*row] == first)
    };
    orders.len() >= 2 && 20 * orders.iter().filter(same).count() >= 19 * orders.len()
}

/// Whether an order's total stands on its first row only.
fn check_first_rows(file: &File<'_>, fit: &mut Fit) {
    let Some(amount) = numbers(file, fit.column(Role::Amount)) else { return };
    let orders = orders_of_lines(file, fit);
    let first_only = |rows: &&Vec<usize>| {
        amount.values[rows[0]].is_some() && rows[1..].iter().all(|row| amount.values[*row].is_none())
    };
    let count = orders.iter().filter(first_only).count();
    if count > 0 && 10 * count >= 9 * orders.len() {
        fit.is_total_on_first_row = true;
        add_evidence(fit, Role::Amount, "on the first row of an order, empty on its others");
    }
}

/// Asks whether an amount that is the same on all lines of an order is its total.
fn check_lines_of_orders(file: &File<'_>, fit: &mut Fit) {
    let Some(at) = fit.column(Role::Amount) else { return };
    let orders = orders_of_lines(file, fit).len();
    if total_on_every_line(file, fit) {
        let order = name(file, fit.column(Role::TransactionId));
        let text = format!(
            "is {} the money of the line, or the total of the order repeated on its lines? It is the same on all rows \
             of an {order} in nearly all of {} orders with several rows.",
            name(file, Some(at)),
            orders
        );
        let choices = vec!["amount_is_order_total = true".to_owned()];
        let doubt = doubt(file, Role::Amount, Some(at), text, choices, false);
        fit.doubts.push(Doubt { place: Place::Clean, ..doubt });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_of(values: impl Iterator<Item = f64>) -> Numbers {
        let values: Vec<Option<f64>> = values.map(Some).collect();
        Numbers {
            values,
            whole: false,
            marked: true,
            negative: 0,
            least: 0.0,
            greatest: 0.0,
            median: 0.0,
            has_currency: false,
        }
    }

    #[test]
    fn money_of_a_line_grows_with_its_pieces_and_a_price_does_not() {
        let pieces = || (0..40).map(|i| f64::from(i % 5 + 1));
        let quantity = numbers_of(pieces());
        let totals = numbers_of(pieces().enumerate().map(|(i, q)| q * (2.0 + (i % 3) as f64)));
        let prices = numbers_of((0..40).map(|i| 2.0 + f64::from(i % 3)));
        assert!(elasticity(&quantity, &totals).is_some_and(|slope| slope > 0.8));
        assert!(elasticity(&quantity, &prices).is_some_and(|slope| slope < 0.3));
        assert!(elasticity(&numbers_of((0..40).map(|_| 1.0)), &totals).is_none());
    }
}
