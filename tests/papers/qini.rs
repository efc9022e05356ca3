//! Hillstrom's e-mail trial: curves and areas of given scores, and the two logistic models behind them.

use acrm::numerics::classify::Scorer;
use acrm::numerics::surveys::inference::Confidence;
use acrm::numerics::uplift::{
    BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, BaseLearner, BaseModel, Covariates, Curves, Effect, FittedUplift, Learners, Order,
    OrderQuality, Ties, Trial, UpliftKind, fit_uplift, qini_of_perfect,
};
use polars::prelude::*;

use crate::family::close;
use crate::reference::{folder, table};

/// The trial of one arm and outcome in the order of its rows, and what is known of it.
struct Known {
    treated: Vec<bool>,
    outcomes: Vec<f64>,
    scores: Vec<f64>,
    figures: serde_json::Value,
}

fn known() -> Option<Vec<(String, Known)>> {
    let path = folder()?.join("uplift");
    let text = std::fs::read_to_string(path.join("hillstrom_qini.json")).expect("readable figures");
    let figures: serde_json::Value = serde_json::from_str(&text).expect("valid figures");
    let scores = PlRefPath::try_from_path(&path.join("hillstrom_qini_scores.parquet")).expect("a path");
    let frame = LazyFrame::scan_parquet(scores, ScanArgsParquet::default()).expect("scores");
    let all = figures.as_object().expect("trials").iter().map(|(name, figures)| {
        let (arm, outcome) = name.split_once('|').expect("arm and outcome");
        let own = col("arm").eq(lit(arm)).and(col("outcome").eq(lit(outcome)));
        let rows = frame.clone().filter(own).sort(["row"], SortMultipleOptions::default()).collect().expect("rows");
        let column = |name: &str| {
            let values = rows.column(name).and_then(|c| c.cast(&DataType::Float64)).expect("a column");
            values.f64().expect("numbers").iter().map(|v| v.expect("no gaps")).collect::<Vec<_>>()
        };
        let treated = column("treated").into_iter().map(|t| t == 1.0).collect();
        let known = Known { treated, outcomes: column("y"), scores: column("uplift_score"), figures: figures.clone() };
        (name.clone(), known)
    });
    Some(all.collect())
}

impl Known {
    fn figure(&self, name: &str) -> f64 {
        self.figures[name].as_f64().unwrap_or_else(|| panic!("{name}"))
    }
}

#[test]
fn hillstrom_qini_and_uplift_curves_of_given_scores() {
    for (name, known) in known().into_iter().flatten() {
        let trial = Trial::new(&known.treated, &known.outcomes).expect("a trial");
        let (treated, control) = trial.sizes();
        assert_eq!((treated as f64, control as f64), (known.figure("treated"), known.figure("control")));
        let curves = Curves::of(&known.scores, &trial, Ties::AsGiven).expect("curves");
        let areas = curves.areas();
        let is = |what: &str, got: f64| close(&format!("{name} {what}"), got, known.figure(what), 1e-12, 0.0);
        is("qini_curve_end", areas.qini_end);
        is("area_under_qini", areas.qini);
        is("random_area", areas.random());
        is("uplift_curve_end", areas.uplift_end);
        is("area_under_uplift", areas.uplift);
        close(&name, areas.qini_coefficient(), known.figure("qini_coefficient_area_diff_per_n2"), 1e-10, 0.0);
        close(&name, areas.qini_over_random().expect("above 0"), known.figure("qini_normalised_by_random"), 1e-10, 0.0);
        for (share, want) in known.figures["qini_at"].as_object().expect("shares") {
            let rows = (share.parse::<f64>().expect("a share") * trial.len() as f64).round_ties_even();
            close(&format!("{name} at {share}"), curves.qini_at(rows), want.as_f64().expect("a figure"), 1e-11, 0.0);
        }
        let order = Order::of(&known.scores, &trial, Ties::AsGiven).expect("an order");
        let top = Effect::of_top(&trial, &order, 0.3, Confidence::default()).expect("both arms");
        close(&name, top.effect, known.figure("uplift_top30"), 1e-12, 0.0);
        let quality = OrderQuality::of(&trial, &order, BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, Confidence::default());
        let quality = quality.expect("an interval");
        assert!(quality.qini.lower < areas.qini_coefficient() && areas.qini_coefficient() < quality.qini.upper);
        close(&name, quality.auuc.estimate, areas.auuc(), 1e-12, 0.0);
        // scikit-uplift merges ties and compares with the perfect order
        let share = qini_of_perfect(&known.scores, &trial, Ties::Merged).expect("yes/no outcomes");
        close(&name, share, known.figure("sklift_qini_auc_score"), 1e-9, 0.0);
    }
}

/// Average effects with Welch's standard errors and intervals, as R's `t.test` gives them.
#[test]
fn hillstrom_average_effects() {
    let (Some(rows), Some(hillstrom)) = (table("uplift/hillstrom_ate.csv"), hillstrom()) else { return };
    for row in rows.rows() {
        let arm = row.text("arm");
        let own = |segment: &str| {
            segment == arm || (arm == "Any E-Mail" && segment.ends_with("E-Mail") && segment != "No E-Mail")
        };
        let kept = hillstrom.segment.iter().enumerate().filter(|(_, s)| own(s) || *s == "No E-Mail");
        let kept = kept.map(|(at, _)| at).collect::<Vec<_>>();
        let treated = kept.iter().map(|at| hillstrom.segment[*at] != "No E-Mail").collect::<Vec<_>>();
        let outcome = hillstrom.column(row.text("outcome"));
        let outcomes = kept.iter().map(|at| outcome[*at]).collect::<Vec<_>>();
        let trial = Trial::new(&treated, &outcomes).expect("a trial");
        let effect = Effect::average(&trial, Confidence::default()).expect("both arms");
        let what = format!("{arm} {}", row.text("outcome"));
        close(&what, effect.effect, row.value("ate"), 1e-10, 0.0);
        close(&what, effect.std_error.expect("many"), row.value("se"), 1e-10, 0.0);
        close(&what, effect.lower.expect("many"), row.value("ci_lo_t"), 1e-6, 0.0);
        close(&what, effect.upper.expect("many"), row.value("ci_hi_t"), 1e-6, 0.0);
    }
}

/// The columns of the trial as it was published.
struct Hillstrom {
    segment: Vec<String>,
    frame: DataFrame,
}

impl Hillstrom {
    fn column(&self, name: &str) -> Vec<f64> {
        let values = self.frame.column(name).and_then(|c| c.cast(&DataType::Float64)).expect("a column");
        values.f64().expect("numbers").iter().map(|v| v.expect("no gaps")).collect()
    }

    fn words(&self, name: &str) -> Vec<String> {
        let values = self.frame.column(name).and_then(|c| c.cast(&DataType::String)).expect("a column");
        values.str().expect("words").iter().map(|v| v.expect("no gaps").to_owned()).collect()
    }
}

fn hillstrom() -> Option<Hillstrom> {
    let path = folder()?.parent()?.join("data/hillstrom/hillstrom.csv");
    let path = PlRefPath::try_from_path(&path).ok()?;
    let frame = LazyCsvReader::new(path).finish().and_then(LazyFrame::collect).expect("rows");
    let mut found = Hillstrom { segment: Vec::new(), frame };
    found.segment = found.words("segment");
    Some(found)
}

/// The two unpenalised logistic models on the even rows: treated and control.
#[test]
fn hillstrom_logistic_models() {
    let (Some(known), Some(hillstrom)) = (known(), hillstrom()) else { return };
    let (zip, channel) = (hillstrom.words("zip_code"), hillstrom.words("channel"));
    let is = |words: &[String], word: &str| words.iter().map(|w| f64::from(u8::from(w == word))).collect::<Vec<_>>();
    let columns = [
        ("recency", hillstrom.column("recency").iter().map(|months| months / 12.0).collect()),
        ("log_history", hillstrom.column("history").iter().map(|money| money.ln()).collect()),
        ("mens", hillstrom.column("mens")),
        ("womens", hillstrom.column("womens")),
        ("newbie", hillstrom.column("newbie")),
        ("zip_rural", is(&zip, "Rural")),
        ("zip_urban", is(&zip, "Urban")),
        ("ch_phone", is(&channel, "Phone")),
        ("ch_multi", is(&channel, "Multichannel")),
    ];
    for (name, known) in known {
        let outcomes = hillstrom.column(name.split_once('|').expect("an outcome").1);
        let rows: Vec<usize> =
            (0..outcomes.len()).step_by(2).filter(|row| hillstrom.segment[*row] != "Womens E-Mail").collect();
        let features = ndarray::Array2::from_shape_fn((rows.len(), columns.len()), |(at, c)| columns[c].1[rows[at]]);
        let treated: Vec<bool> = rows.iter().map(|row| hillstrom.segment[*row] == "Mens E-Mail").collect();
        let outcomes: Vec<f64> = rows.iter().map(|row| outcomes[*row]).collect();
        let trial = Trial::new(&treated, &outcomes).expect("a trial");
        let learners = Learners { outcome: BaseLearner::Logistic { ridge: 0.0 }, effect: BaseLearner::Line };
        let all: Vec<u32> = (0..rows.len() as u32).collect();
        let people = Covariates::new(features);
        let fitted = fit_uplift(&[UpliftKind::TwoModel], &people, &trial, &all, learners).remove(0);
        let FittedUplift::TwoModel { treated, control } = fitted.expect("a fit") else { panic!("two models") };
        for (model, key) in [(treated, "coef_treated"), (control, "coef_control")] {
            let BaseModel::Chance(Scorer::Logistic(model)) = model else { panic!("logistic") };
            let want = |name: &str| known.figures[key][name].as_f64().expect("a coefficient");
            for ((column, _), got) in columns.iter().zip(&model.coefficients) {
                close(&format!("{name} {key} {column}"), *got, want(column), 1e-8, 1e-9);
            }
            close(&format!("{name} {key} intercept"), model.intercept, want("intercept"), 1e-8, 0.0);
        }
    }
}
