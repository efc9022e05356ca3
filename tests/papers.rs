//! Published tables and independently computed references, one test each.
//!
//! The reference figures live beside the project (`../shared/reference`);
//! where they are absent a test says so and passes.

#[path = "support/reference.rs"]
mod reference;

#[path = "support/family.rs"]
mod family;

#[path = "papers/churn.rs"]
mod churn;

#[path = "papers/mining.rs"]
mod mining;

#[path = "papers/points.rs"]
mod points;

#[path = "papers/qini.rs"]
mod qini;

#[path = "papers/references.rs"]
mod references;

#[path = "papers/uplift.rs"]
mod uplift;

use acrm::numerics::btyd::{
    BetaGeometric, CovariateModel, FirstCoin, History, Opportunities, TransactionModel, fit_bg_nbd, fit_bgbb,
    fit_covariates, fit_gamma_gamma, fit_pareto_nbd, fit_regularity, fit_sbg, group_by_covariates,
};
use family::{apparel_rows, bgbb, close, donations, family, histories, ln_gaps, printed, spends};
use reference::{fits, table};

/// The digits printed in the papers, from the customers themselves.
#[test]
fn fader_hardie_lee_2005_table_2_and_note_025() {
    let Some(cbs) = table("cbs/cdnow_sample_39w.csv") else { return };
    let fit = fit_bg_nbd(&histories(&cbs));
    for (got, want) in [fit.model.r, fit.model.alpha, fit.model.a, fit.model.b].iter().zip([0.243, 4.414, 0.793, 2.426])
    {
        printed(*got, want, 3);
    }
    printed(fit.log_likelihood, -9582.4, 1);
    let spend = fit_gamma_gamma(&spends(&cbs)).model;
    for (got, want) in [spend.p, spend.q, spend.v].iter().zip([6.25, 3.74, 15.44]) {
        printed(*got, want, 2);
    }
}

/// Frequency and spend: 946 repeat buyers, mean spend about 35.
#[test]
fn cdnow_spend_is_only_weakly_related_to_frequency() {
    let Some(cbs) = table("cbs/cdnow_sample_39w.csv") else { return };
    let spends = spends(&cbs);
    assert_eq!(spends.customers(), 946);
    let correlation = spends.correlation().expect("many customers");
    assert!(!correlation.is_too_strong(), "{correlation:?}");
    assert!((spends.mean() - 35.08).abs() < 0.01, "{}", spends.mean());
}

/// Fitting The Complete Journey drives s and β to infinity together.
#[test]
fn complete_journey_has_a_homogeneous_dropout_rate() {
    let Some(cbs) = table("cbs/complete_journey_39w.csv") else { return };
    let got = fit_pareto_nbd(&histories(&cbs));
    assert!(got.log_likelihood >= -62_105.690_830 - 1e-4, "{}", got.log_likelihood);
    assert!(matches!(got.status, acrm::numerics::btyd::FitStatus::AtBound { .. }), "{}", got.status);
    close("s/beta", got.model.s / got.model.beta, 8.374e-4, 1e-3, 0.0);
}

/// Grocery shoppers are regular, CDNOW's customers are not.
#[test]
fn regularity_is_two_for_groceries_and_one_for_cdnow() {
    for (file, want) in [("grocery_52w", 2), ("cdnow_sample_39w", 1)] {
        let Some(cbs) = table(&format!("cbs/{file}.csv")) else { return };
        let (fit, tried) = fit_regularity(&histories(&cbs), ln_gaps(&cbs), FirstCoin::Tossed, 12);
        assert_eq!(fit.model.k, want, "{tried:?}");
    }
}

#[test]
fn fader_hardie_shang_2010_donations() {
    let Some(table_of_donors) = donations() else { return };
    let fit = fit_bgbb(&table_of_donors);
    let reference = fits().into_iter().find(|f| f.model == "bgbb").expect("reference");
    assert!(fit.status.is_converged(), "{}", fit.status);
    close("ll", fit.log_likelihood, reference.ll, 0.0, 1e-6);
    printed(fit.log_likelihood, -33225.6, 1);
    let got = [fit.model.alpha, fit.model.beta, fit.model.gamma, fit.model.delta];
    for (got, (want, in_print)) in got.iter().zip(reference.params.iter().zip([1.204, 0.750, 0.657, 2.783])) {
        close("donations", *got, *want, 1e-6, 0.0);
        printed(*got, in_print, 3);
    }
    for (got, want) in fit.std_errors.clone().expect("interior").iter().zip(&reference.std_errors) {
        close("standard error", *got, *want, 1e-2, 0.0);
    }
    let model = bgbb(&reference.params);
    for row in table("customers/donations_bgbb_mle.csv").expect("there").rows() {
        let h = Opportunities { x: row.count("x"), t_x: row.count("t_x"), n: row.count("n") };
        close("ll", model.log_likelihood(&h), row.value("ll"), 1e-11, 1e-9);
        close("p", model.p_alive(&h), row.value("p_alive_n"), 1e-9, 0.0);
        for t in [1, 2, 3, 4, 5, 10] {
            close("cet", model.expected_purchases(&h, t), row.value(&format!("cet_{t}")), 1e-9, 0.0);
        }
        for d in [0.05, 0.1, 0.15] {
            close("dert", model.discounted_for_ever(&h, d), row.value(&format!("dert_{d}")), 1e-9, 0.0);
        }
    }
}

/// The two classic survival tables of Fader & Hardie (2007): 1,000 subscribers each.
#[test]
fn fader_hardie_2007_regular_and_high_end() {
    let regular = fit_sbg(&[1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0]);
    let high_end = fit_sbg(&[1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0]);
    for (fit, shapes, ll) in [(&regular, [0.704, 1.182], -1680.3), (&high_end, [0.668, 3.806], -1611.2)] {
        assert!(fit.status.is_converged(), "{}", fit.status);
        printed(fit.model.alpha, shapes[0], 3);
        printed(fit.model.beta, shapes[1], 3);
        printed(fit.log_likelihood, ll, 1);
    }
    close("survival", regular.model.survival(12), 0.170_037_451_947_517_7, 1e-6, 0.0);
    close("retention", regular.model.retention(8), 0.920_766_625_300_269_8, 1e-6, 0.0);
    close("lifetime", regular.model.discounted_lifetime(0.1), 3.694_908_420_173_893_8, 1e-6, 0.0);
}

#[test]
fn apparel_pareto_with_static_covariates() {
    let Some(rows) = apparel_rows() else { return };
    let groups = group_by_covariates(&rows, 7.0).expect("valid");
    let fit = fit_covariates(&groups, CovariateModel::ParetoNbd, 0.0);
    assert!(fit.status.is_converged(), "{}", fit.status);
    close("ll", fit.log_likelihood, -5_821.062_685_868_865, 0.0, 1e-5);
    let want = [1.838_966_690_203_136_7, 92.962_960_822_345_78, 0.591_304_285_130_385_6, 49.513_095_326_674_18];
    for (got, want) in fit.base.iter().zip(want) {
        close("base", *got, want, 1e-3, 0.0);
    }
    let coefficients: Vec<f64> = fit.purchase.iter().chain(&fit.dropout).map(|c| c.estimate).collect();
    let want = [0.286_135_434_770_648_6, 0.623_929_962_020_975_7, -0.641_867_986_067_183_1, 0.789_758_695_748_845_8];
    for (got, want) in coefficients.iter().zip(want) {
        close("coefficient", *got, want, 1e-3, 0.0);
    }
    let customers = table("customers/apparel_staticcov_customers.csv").expect("there");
    for row in customers.rows().filter(|r| r.text("model") == "pnbd_staticcov") {
        let w = [row.value("Gender"), row.value("Channel")];
        let model = fit.pareto(&w, &w).expect("Pareto/NBD");
        let h = History::new(row.count("x"), row.value("t_x"), row.value("T"));
        let what = format!("customer {}", row.text("customer_id"));
        close(&what, model.log_likelihood(&h), row.value("ll"), 1e-4, 0.0);
        close(&what, model.p_alive(&h), row.value("p_alive"), 1e-3, 0.0);
        for (name, t) in [("cet_13", 13.0), ("cet_52", 52.0), ("cet_holdout_207_142857", 207.142_857_142_857_14)] {
            close(&what, model.expected_purchases(&h, t), row.value(name), 2e-3, 0.0);
        }
    }
}

#[test]
fn apparel_bg_with_static_covariates_is_flat_and_says_so() {
    let Some(rows) = apparel_rows() else { return };
    let groups = group_by_covariates(&rows, 7.0).expect("valid");
    let fit = fit_covariates(&groups, CovariateModel::BgNbd, 0.0);
    assert!(!fit.status.is_converged(), "{fit:?}");
    close("ll", fit.log_likelihood, -5_839.862_0, 0.0, 1e-3);
    for (got, want) in fit.purchase.iter().zip([0.461_239_9, 0.567_901_9]) {
        close("coefficient", got.estimate, want, 5e-3, 0.0);
    }
    let tied = fit_covariates(&groups, CovariateModel::BgNbd, 1.0);
    assert!(
        tied.log_likelihood < fit.log_likelihood && tied.dropout.iter().all(|c| c.estimate.abs() < 5.0),
        "{tied:?}"
    );
}

/// Cumulative repeat purchases of the cohort, week by week (Fader, Hardie & Lee
/// 2005, figure 2).
#[test]
fn cdnow_weekly_tracking() {
    let (Some(weeks), Some(cbs)) = (table("cdnow_weekly_tracking.csv"), table("cbs/cdnow_sample_78w.csv")) else {
        return;
    };
    // Day of the first purchase, counted from the first of January.
    let births: Vec<f64> = cbs.column("T").iter().map(|t| (545.0 - t * 7.0).round()).collect();
    let mut cohorts = vec![0.0; 1 + births.iter().copied().fold(0.0, f64::max) as usize];
    for born in &births {
        cohorts[*born as usize] += 1.0;
    }
    for (column, name) in [("bg_expected_cum", "bg"), ("mbg_expected_cum", "mbg"), ("pnbd_expected_cum", "pnbd")] {
        let model = family("cdnow_sample_39w", name).expect("fitted");
        for row in weeks.rows() {
            let end = 7.0 * row.value("week");
            let expected: f64 = cohorts
                .iter()
                .enumerate()
                .map(|(born, n)| (n, (end - born as f64) / 7.0))
                .filter(|(n, age)| **n > 0.0 && *age > 0.0)
                .map(|(n, age)| n * model.expected_new(age))
                .sum();
            close(&format!("{name} week {}", row.text("week")), expected, row.value(column), 1e-9, 0.0);
        }
    }
}

/// The point at which the textbook form of the likelihood overflows, as the tests
/// of lifetimes and pymc-marketing pin it.
#[test]
fn bg_log_likelihood_where_the_textbook_form_overflows() {
    let got = BetaGeometric::bg_nbd(0.25, 4.0, 0.8, 2.5).log_likelihood(200, 38.0, 40.0);
    printed(got, 100.7957, 4);
}
