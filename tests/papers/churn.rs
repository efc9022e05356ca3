//! The churn of a telephone company: one design matrix, and the logistic regression that R, statsmodels and scikit-learn
//! agree on (IBM's sample data).

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use acrm::numerics::classify::{ForestOptions, auc, evaluate, fit_forest, fit_logistic};
use ndarray::Array2;
use polars::prelude::*;

use super::family::close;

/// The columns, the outcomes, and whether each row is one of the test.
fn telco() -> Option<(Vec<String>, Array2<f64>, Vec<bool>, Vec<bool>)> {
    const FILE: &str = "../shared/reference/uplift/telco_design_matrix.parquet";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if !path.exists() {
        println!("skipped: {FILE} is not there");
        return None;
    }
    let path = PlRefPath::try_from_path(&path).expect("a path");
    let frame =
        LazyFrame::scan_parquet(path, ScanArgsParquet::default()).and_then(LazyFrame::collect).expect("a table");
    let named = frame.get_column_names();
    let names = named.iter().map(|n| n.as_str()).filter(|n| !["row", "customerID", "churn"].contains(n));
    let names = names.map(str::to_owned).collect::<Vec<_>>();
    let column = |name: &str| {
        let column = frame.column(name).and_then(|c| c.cast(&DataType::Float64)).expect("numbers");
        column.f64().expect("numbers").iter().map(|v| v.expect("a value")).collect::<Vec<f64>>()
    };
    let columns = names.iter().map(|name| column(name)).collect::<Vec<_>>();
    let x = Array2::from_shape_fn((frame.height(), columns.len()), |(row, at)| columns[at][row]);
    let outcomes = column("churn").into_iter().map(|v| v == 1.0).collect();
    let test = column("row").into_iter().map(|row| row as usize % 5 == 4).collect();
    Some((names, x, outcomes, test))
}

fn rows(x: &Array2<f64>, outcomes: &[bool], keep: &[bool]) -> (Array2<f64>, Vec<bool>) {
    let rows = (0..outcomes.len()).filter(|row| keep[*row]).collect::<Vec<_>>();
    (x.select(ndarray::Axis(0), &rows), rows.iter().map(|row| outcomes[*row]).collect())
}

#[test]
fn telco_logistic_regression_is_the_published_one() {
    let Some((names, x, outcomes, test)) = telco() else { return };
    let train = test.iter().map(|t| !t).collect::<Vec<_>>();
    let ((x, y), (x_test, y_test)) = (rows(&x, &outcomes, &train), rows(&x, &outcomes, &test));
    let fit = fit_logistic(&x, &y, 0.0).expect("fits");
    assert!(fit.is_converged);
    close("log-likelihood", fit.log_likelihood, -2_310.501_158_313_466_5, 0.0, 1e-6);
    close("intercept", fit.intercept, -1.400_121_572_962_761_9, 0.0, 2e-3);
    let wanted = [
        ("senior", 0.196_652_152_397_426_64),
        ("PhoneService", -0.289_385_147_960_553_5),
        ("net_fiber", 1.209_364_741_768_491_8),
        ("contract_2y", -1.556_881_469_774_337_8),
        ("tenure", -1.351_309_931_960_859_2),
        ("MonthlyCharges", -0.483_132_889_477_246_36),
        ("TotalCharges", 0.612_528_390_654_750_7),
    ];
    for (name, want) in wanted {
        let at = names.iter().position(|n| n == name).expect("a column");
        close(name, fit.coefficients[at], want, 0.0, 2e-3);
    }
    let found = evaluate(&fit.probabilities(&x_test), &y_test).expect("rows");
    close("AUC", found.auc.expect("both").value, 0.837_925_720_449_992_4, 0.0, 1e-5);
    close("log loss", found.log_loss.value, 0.430_358_822_887_843, 0.0, 1e-5);
    close("Brier", found.brier, 0.137_885_829_217_875_87, 0.0, 1e-5);
    close("average precision", found.average_precision.expect("some"), 0.640_534_877_832_655_1, 0.0, 1e-3);
    close("KS", found.ks.expect("both"), 0.529_115_939_795_551_5, 0.0, 2e-3);
}

#[test]
fn a_forest_is_as_good_on_telco() {
    let Some((_, x, outcomes, test)) = telco() else { return };
    let train = test.iter().map(|t| !t).collect::<Vec<_>>();
    let ((x, y), (x_test, y_test)) = (rows(&x, &outcomes, &train), rows(&x, &outcomes, &test));
    let started = std::time::Instant::now();
    let forest = fit_forest(&x, &y, &ForestOptions::default()).expect("grows");
    let area = auc(&forest.probabilities(&x_test), &y_test).expect("both");
    println!("forest {area:.4} in {:.1} s", started.elapsed().as_secs_f64());
    assert!(area > 0.828, "{area}");
}
