//! What the fits say about themselves: lines of `run_quality`, and the console summary.

use crate::numerics::btyd::{CORRELATION_LIMIT, FitStatus, Scores};
use crate::table::Quality;

use super::profit::{Basis, Profit};
use super::purchases::{Fitted, Purchases};
use super::season::Clock;
use super::spend::SpendFit;
use super::step::{Fits, Spend};

/// Coefficients whose significance is at least this are called significant.
const SIGNIFICANT: f64 = 0.05;

pub(super) fn quality(fits: &Fits, scores: &Scores, customers: usize) -> Vec<Quality> {
    let mut lines =
        vec![Quality::measured("clv", "customers_scored", customers as f64, "customers with a purchase day")];
    lines.extend(purchase_lines(&fits.purchases));
    lines.extend(choice_lines(fits));
    if let Some(spend) = &fits.spend {
        let note = "customers whose expected spend is infinite under the model; the harmonic mean is used";
        lines.push(Quality::measured("clv", "spend_infinite_mean", scores.infinite_spend as f64, note));
        if let Spend::Fitted(spend) = spend {
            lines.extend(spend_lines(spend));
        }
    }
    lines
}

fn flagged(check: &str, status: &FitStatus) -> Quality {
    Quality::at_most("clv", check, f64::from(u8::from(!status.is_converged())), 0.0, status.to_string())
}

fn purchase_lines(purchases: &Purchases) -> Vec<Quality> {
    let note = "natural logarithm, times in weeks";
    let mut lines = vec![
        flagged("purchase_fit_flagged", purchases.status()),
        Quality::measured("clv", "purchase_log_likelihood", purchases.log_likelihood(), note),
    ];
    if let Clock::Seasonal(seasons) = &purchases.clock {
        let note = "seasons of which no day was observed; they count as average";
        lines.push(Quality::at_most("clv", "seasons_without_history", seasons.unseen as f64, 0.0, note));
    }
    if let Some(bootstrap) = &purchases.bootstrap {
        let note = "bootstrap samples whose fit ended at a bound; the errors rest on the others";
        lines.push(Quality::measured("clv", "bootstrap_at_bound", f64::from(bootstrap.at_bound), note));
    }
    if let Fitted::Covariates(fit) = &purchases.fitted {
        let all = fit.purchase.iter().chain(&fit.dropout);
        let weak = all.filter(|c| c.p_value().is_none_or(|p| p > SIGNIFICANT)).count();
        let note = "coefficients of covariates that are not significant at 5 %; models/clv.json has all of them";
        lines.push(Quality::measured("clv", "covariates_not_significant", weak as f64, note));
    }
    lines
}

fn choice_lines(fits: &Fits) -> Vec<Quality> {
    let Some(choice) = &fits.choice else { return Vec::new() };
    let Some(ratio) = choice.error_ratio else {
        return vec![Quality::at_most("clv", "model_chosen_without_holdout", 1.0, 0.0, choice.why.clone())];
    };
    let note = format!("{} over the best naive baseline: {}", choice.model.name(), choice.why);
    vec![Quality::at_most("clv", "holdout_error_over_baseline", ratio, 1.0, note)]
}

fn spend_lines(spend: &SpendFit) -> Vec<Quality> {
    let SpendFit { fit, left_out, correlation } = spend;
    let mut lines = vec![flagged("spend_fit_flagged", &fit.status)];
    for (check, count, note) in [
        (
            "spend_model_without_repeat",
            left_out.no_repeat,
            "customers without a repeat day: the population mean is used",
        ),
        (
            "spend_model_not_positive",
            left_out.not_positive,
            "customers whose repeat spend is not positive; left out of the spend fit",
        ),
    ] {
        lines.push(Quality::measured("clv", check, count as f64, note));
    }
    if let Some(correlation) = correlation {
        let strongest = correlation.pearson.abs().max(correlation.spearman.abs());
        let note = format!(
            "Pearson {:.6}, Spearman {:.6} over repeat buyers; past the limit spend depends on frequency and CLV is inflated",
            correlation.pearson, correlation.spearman
        );
        lines.push(Quality::at_most("clv", "frequency_spend_correlation", strongest, CORRELATION_LIMIT, note));
    }
    lines
}

/// Facts for the console: name and text.
pub(super) fn summary(fits: &Fits, profit: Option<&Profit>) -> Vec<(String, String)> {
    let purchases = &fits.purchases;
    let mut lines = Vec::new();
    if let Some(choice) = &fits.choice {
        lines.push(("model".to_owned(), format!("{} chosen: {}", choice.model.name(), choice.why)));
    }
    let fitted =
        format!("{}, log-likelihood {:.1}; {}", parameters(purchases), purchases.log_likelihood(), purchases.status());
    lines.push((purchases.model.name().to_owned(), fitted));
    if let Fitted::Covariates(fit) = &purchases.fitted {
        let names = fits.design.iter().flat_map(|d| {
            let purchase = d.purchase_terms.iter().map(|name| format!("purchase {name}"));
            purchase.chain(d.dropout_terms.iter().map(|name| format!("dropout {name}")))
        });
        let all = names.zip(fit.purchase.iter().chain(&fit.dropout));
        let shown = all.map(|(name, c)| {
            let chance = c.p_value().map_or("no error known".to_owned(), |p| format!("p {p:.3}"));
            format!("{name} {:+.3} ({chance})", c.estimate)
        });
        lines.push(("covariates".to_owned(), shown.collect::<Vec<_>>().join(", ")));
    }
    if let Clock::Seasonal(seasons) = &purchases.clock {
        let ends = seasons.index.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), i| (low.min(*i), high.max(*i)));
        lines
            .push(("season".to_owned(), format!("index by {} from {:.2} to {:.2}", seasons.by.name(), ends.0, ends.1)));
    }
    if let Some(spend) = &fits.spend {
        let fit = spend.fit();
        let m = &fit.model;
        let text = format!("p {:.2}, q {:.2}, γ {:.2}; {}", m.p, m.q, m.v, fit.status);
        lines.push(("gamma_gamma".to_owned(), text));
    }
    if let Some(Basis::Lines { overall, half_weight_spend }) = profit.map(|p| p.basis) {
        let own = if half_weight_spend.is_finite() {
            format!("own margins weigh half at a spend of {half_weight_spend:.0}")
        } else {
            "customers don't differ in it".to_owned()
        };
        lines.push(("margin".to_owned(), format!("{:.1} % of spend over all lines; {own}", 100.0 * overall)));
    }
    lines
}

/// The parameters as people read them.
pub(super) fn parameters(purchases: &Purchases) -> String {
    let weeks = purchases.model.kind().is_some();
    let names = purchases.model.parameter_names();
    let each = names.iter().zip(purchases.parameters()).map(|(name, value)| match *name {
        "alpha" if weeks => format!("α {value:.3} weeks"),
        "beta" if weeks => format!("β {value:.3} weeks"),
        name => format!("{name} {value:.3}"),
    });
    let regular = purchases.regularity().map(|k| format!("k {k}"));
    regular.into_iter().chain(each).collect::<Vec<_>>().join(", ")
}
