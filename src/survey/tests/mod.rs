//! The proposals for exports of every kind.

use super::*;

mod exports;

/// A CSV export; the header and the rows have their fields between `|`.
fn csv(path: &str, header: &str, rows: &[&str]) -> FileSample {
    let split = |line: &str| line.split('|').map(|f| f.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| split(row)).collect();
    let columns = split(header).into_iter().enumerate().map(|(at, name)| {
        let cells = rows.iter().map(|row| row.get(at).filter(|t| !t.is_empty()).cloned()).collect();
        SampleColumn { name, kind: SampleKind::Text, cells }
    });
    FileSample {
        path: path.to_owned(),
        format: SampleFormat::DelimitedText { encoding: None, delimiter: ',', header_row: 1 },
        columns: columns.collect(),
        rows_seen: rows.len(),
        is_whole: true,
    }
}

fn parsed(proposal: &Proposal) -> toml::Table {
    toml::from_str(&proposal.toml).unwrap_or_else(|e| panic!("{e}\n{}", proposal.toml))
}

/// `standard=name` of a source's columns, sorted.
fn columns(proposal: &Proposal, source: &str) -> Vec<String> {
    let table = parsed(proposal);
    let columns = table.get("sources").and_then(|s| s.get(source)).and_then(|s| s.get("columns"));
    let Some(columns) = columns.and_then(toml::Value::as_table) else { return Vec::new() };
    columns.iter().map(|(standard, name)| format!("{standard}={}", name.to_string().replace('"', ""))).collect()
}

fn option(proposal: &Proposal, section: &[&str], key: &str) -> Option<String> {
    let mut value = toml::Value::Table(parsed(proposal));
    for part in section.iter().chain([&key]) {
        value = value.get(part)?.clone();
    }
    Some(value.to_string().replace('"', ""))
}

fn asks(proposal: &Proposal, word: &str) -> bool {
    proposal.questions.iter().any(|q| q.text.contains(word) || q.choices.iter().any(|c| c.contains(word)))
}

fn blocking(proposal: &Proposal) -> usize {
    proposal.questions.iter().filter(|q| q.blocking).count()
}

#[test]
fn a_plain_log_runs_unedited() {
    let rows = ["C-11|O-1|2024-01-05|20.00", "C-12|O-2|2024-01-06|35.50", "C-11|O-3|2024-02-10|14.25"];
    let proposal = propose(&[csv("in/orders.csv", "customer_id|order_id|order_date|amount", &rows)]);
    assert!(proposal.has_transactions && proposal.questions.is_empty());
    assert_eq!(
        columns(&proposal, "transactions"),
        ["amount=amount", "customer_id=customer_id", "timestamp=order_date", "transaction_id=order_id"]
    );
    assert_eq!(option(&proposal, &["sources", "transactions"], "path").as_deref(), Some("in/orders.csv"));
    assert!(proposal.toml.contains("# by name; 2 distinct in 3 rows, repeats"));
    assert_eq!(option(&proposal, &["sources", "transactions"], "date_format"), None);
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_for() {
    let rows = ["A|05/02/2024|10.00", "B|07/06/2024|20.00", "A|11/01/2024|5.00"];
    let proposal = propose(&[csv("log.csv", "id|date|sales", &rows)]);
    assert_eq!(option(&proposal, &["sources", "transactions"], "date_format"), None);
    let question = proposal.questions.iter().find(|q| q.blocking).expect("a question");
    assert_eq!(question.column.as_deref(), Some("date"));
    assert!(question.choices.iter().any(|c| c.starts_with("date_format = \"%d/%m/%Y\"")), "{question:?}");
    assert!(question.choices.iter().any(|c| c.starts_with("date_format = \"%m/%d/%Y\"")), "{question:?}");
}

#[test]
fn one_sample_that_rules_month_first_out_is_quoted() {
    let rows = ["A|05/02/2024|10.00", "B|27/06/2024|20.00", "A|11/01/2024|5.00"];
    let proposal = propose(&[csv("log.csv", "id|date|sales", &rows)]);
    assert_eq!(option(&proposal, &["sources", "transactions"], "date_format").as_deref(), Some("%d/%m/%Y"));
    assert!(proposal.toml.contains("`27/06/2024` is not") && proposal.questions.is_empty(), "{}", proposal.toml);
}

#[test]
fn a_decimal_mark_that_nothing_shows_is_asked_for() {
    let rows = ["A|2024-02-05|1.234", "B|2024-02-06|2.500", "A|2024-02-07|7.125"];
    let proposal = propose(&[csv("log.csv", "customer|date|amount", &rows)]);
    let question = proposal.questions.iter().find(|q| q.blocking).expect("a question");
    assert!(question.choices.iter().any(|c| c.starts_with("decimal = \",\"")), "{question:?}");
    assert!(question.choices.iter().any(|c| c.starts_with("decimal = \".\"")), "{question:?}");
}

#[test]
fn net_or_gross_is_asked_and_the_first_is_taken() {
    let rows = ["A|2024-02-05|10.00|11.90", "B|2024-02-06|20.00|23.80", "A|2024-02-07|5.00|5.95"];
    let proposal = propose(&[csv("log.csv", "customer|date|net amount|gross amount", &rows)]);
    assert!(columns(&proposal, "transactions").contains(&"amount=net amount".to_owned()), "{}", proposal.toml);
    assert!(asks(&proposal, "amount = \"gross amount\"") && blocking(&proposal) == 0);
}

#[test]
fn a_header_that_stands_twice_is_picked_by_position() {
    let rows = ["D1|Ann|10.00|12.10|2024-02-01", "D2|Bo|20.00|24.20|2024-02-02"];
    let proposal = propose(&[csv("orders.csv", "customer_id|name|amount|amount|order_date", &rows)]);
    let question = proposal.questions.iter().find(|q| q.blocking).expect("a question");
    assert_eq!(question.choices, ["amount = \"#3\"", "amount = \"#4\""]);
    assert!(!columns(&proposal, "transactions").iter().any(|c| c.starts_with("amount")));
}

#[test]
fn a_feed_that_renames_its_columns_is_one_source() {
    let old = ["60001|S1|2|2024-01-03 09:15:00|1.50|900", "60002|S2|1|2024-01-04 10:00:00|4.00|901"];
    let new = ["60003|S1|4|2025-01-03 09:15:00|1.60|900", "60004|S2|1|2025-01-04 10:00:00|4.20|902"];
    let proposal = propose(&[
        csv("sales_2024.csv", "InvoiceNo|StockCode|Quantity|InvoiceDate|UnitPrice|CustomerID", &old),
        csv("sales_2025.csv", "Invoice|StockCode|Quantity|InvoiceDate|Price|Customer ID", &new),
    ]);
    let found = columns(&proposal, "transactions");
    assert!(found.contains(&"customer_id=[CustomerID, Customer ID]".to_owned()), "{found:?}");
    assert!(
        found.contains(&"unit_price=[UnitPrice, Price]".to_owned()) && found.contains(&"quantity=Quantity".to_owned())
    );
    assert_eq!(
        option(&proposal, &["sources", "transactions"], "path").as_deref(),
        Some("[sales_2024.csv, sales_2025.csv]")
    );
}

#[test]
fn a_series_of_files_becomes_a_glob_unless_it_would_catch_another() {
    let month = |path: &str, id: &str| {
        csv(path, "customer_id|order_date|amount", &[&format!("{id}|2024-01-05|20.50"), "C|2024-01-06|3.25"])
    };
    let three =
        [month("in/orders_2024_01.csv", "A"), month("in/orders_2024_02.csv", "B"), month("in/orders_2024_03.csv", "C")];
    let proposal = propose(&three);
    assert_eq!(option(&proposal, &["sources", "transactions"], "path").as_deref(), Some("in/orders_*.csv"));
    let mut four = three.to_vec();
    four.push(csv("in/orders_9.csv", "product_id|name|price", &["P1|Mug|3.50", "P2|Tray|9.00"]));
    let path = option(&propose(&four), &["sources", "transactions"], "path").unwrap_or_default();
    assert!(path.starts_with("[in/orders_2024_01.csv"), "{path}");
}

#[test]
fn a_price_is_the_amount_where_nothing_counts_pieces() {
    let proposal =
        propose(&[csv("log.csv", "Id|Date|Price", &["1|2005-01-02|230.3", "1|2005-09-06|84.39", "2|2005-01-02|10.5"])]);
    assert_eq!(columns(&proposal, "transactions"), ["amount=Price", "customer_id=Id", "timestamp=Date"]);
    let proposal = propose(&[csv(
        "log.csv",
        "Id|Date|Unit price",
        &["1|2005-01-02|230.3", "1|2005-09-06|84.39", "2|2005-01-02|10.5"],
    )]);
    assert!(asks(&proposal, "Is every row one piece?") && blocking(&proposal) == 1);
}

#[test]
fn a_log_without_money_says_so() {
    let proposal = propose(&[csv("log.csv", "cust|date", &["1|2006-01-01", "2|2006-01-01", "1|2006-02-03"])]);
    assert_eq!(columns(&proposal, "transactions"), ["customer_id=cust", "timestamp=date"]);
    assert!(proposal.toml.contains("counts, no spend") && proposal.questions.is_empty());
}

#[test]
fn units_of_one_column_are_never_added() {
    let rows = ["T1|2024-04-01|IRR|12500000", "T1|2024-04-02|تومان|۴۵۰٬۰۰۰", "T2|2024-04-03|IRR|90000"];
    let proposal = propose(&[csv("orders.csv", "customer_id|order_date|unit|amount", &rows)]);
    assert!(columns(&proposal, "transactions").contains(&"currency=unit".to_owned()));
    assert_eq!(option(&proposal, &["clean", "rates"], "IRT").as_deref(), Some("10"));
    assert_eq!(option(&proposal, &["pipeline"], "currency").as_deref(), Some("IRR"));
    assert_eq!(blocking(&proposal), 0);
    let rows = ["T1|2024-04-01|EUR|12.50", "T1|2024-04-02|USD|4.00"];
    let proposal = propose(&[csv("orders.csv", "customer_id|order_date|currency|amount", &rows)]);
    assert!(asks(&proposal, "currency = \"EUR\"") && asks(&proposal, "currency = \"USD\"") && blocking(&proposal) == 1);
}

#[test]
fn without_transactions_the_missing_export_is_named() {
    let rows = ["N1|Ada|DE|f", "N2|Bo|FR|m", "N3|Cy|DE|f"];
    let proposal = propose(&[csv("customers.csv", "customer_id|name|country|gender", &rows)]);
    assert!(!proposal.has_transactions && blocking(&proposal) == 1);
    assert_eq!(
        columns(&proposal, "customers"),
        ["country=country", "customer_id=customer_id", "gender=gender", "name=name"]
    );
    assert!(asks(&proposal, "which file has the transactions"));
    let summary = propose(&[csv("summary.csv", "customer_id|x|t_x|T", &["B1|1|52|52", "B2|2|49|50"])]);
    assert!(asks(&summary, "sums its customers up"));
    let survey = propose(&[csv("survey.csv", "q1|q2", &["7|8", "9|9"])]);
    assert!(asks(&survey, "no column tells the customer") && survey.questions.len() == 2);
}

#[test]
fn the_customer_of_another_table_is_the_column_that_meets_the_transactions() {
    let deals = ["A1|Acme|Won|2024-01-05|100", "A2|Beta|Lost|2024-01-06|0", "A3|Corp|Won|2024-01-07|50"];
    let calls = [
        "1000|Acme|Meeting|2024-01-03",
        "1001|Beta|Email|2024-01-04",
        "1002|Corp|Meeting|2024-01-05",
        "1000|Acme|Email|2024-01-09",
    ];
    let proposal = propose(&[
        csv("pipeline.csv", "opportunity_id|account|deal_stage|close_date|close_value", &deals),
        csv("calls.csv", "account_id|account_name|activity_type|timestamp", &calls),
    ]);
    let found = columns(&proposal, "interactions");
    assert!(
        found.contains(&"customer_id=account_name".to_owned())
            && found.contains(&"touchpoint=activity_type".to_owned()),
        "{found:?}"
    );
    assert_eq!(option(&proposal, &["clean"], "revenue_statuses").as_deref(), Some("[Won]"));
}

#[test]
fn a_panel_of_covariates_is_no_log() {
    let day = |i: i32| format!("{}|2024-01-{:02}|0.5", 1 + i / 25, 1 + i % 25);
    let rows: Vec<String> = (0..50).map(day).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let proposal = propose(&[csv("covariates.csv", "Id|Cov.Date|High.Season", &rows)]);
    let by_content = columns(&proposal, "transactions");
    assert!(by_content.is_empty() || asks(&proposal, "High.Season"), "{}", proposal.toml);
    let flags: Vec<String> = (0..50).map(|i| format!("{}|2024-01-{:02}|{}", 1 + i / 25, 1 + i % 25, i % 2)).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    assert!(!propose(&[csv("covariates.csv", "Id|Cov.Date|High.Season", &flags)]).has_transactions);
}

#[test]
fn an_order_number_that_counts_per_customer_is_no_order_id() {
    let rows = ["1|2024-01-01|u1|5.50", "2|2024-01-09|u1|6.50", "1|2024-01-02|u2|7.50", "2|2024-01-12|u2|8.50"];
    let proposal = propose(&[csv("orders.csv", "order_number|order_date|user_id|amount", &rows)]);
    assert!(!columns(&proposal, "transactions").iter().any(|c| c.starts_with("transaction_id")));
    assert!(proposal.toml.contains("`order_number` is no order id"));
}

#[test]
fn feedback_and_campaign_tables_find_their_places() {
    let nps = ["s1|2024-01-01|10|great", "s2|2024-01-01|9|", "s1|2024-03-02|0|bad"];
    let contacts = ["k1|s1|treatment|2024-02-01", "k1|s2|control|", "k2|s1|treatment|2024-03-01"];
    let campaigns = ["k1|Spring|2024-02-01|2024-02-20", "k2|Summer|2024-06-01|2024-06-20"];
    let proposal = propose(&[
        csv("nps.csv", "customer_id|answered|likely_to_recommend|comment", &nps),
        csv("contacts.csv", "campaign_id|customer_id|arm|contacted_at", &contacts),
        csv("campaigns.csv", "campaign_id|name|start_date|end_date", &campaigns),
    ]);
    assert_eq!(
        columns(&proposal, "feedback"),
        ["customer_id=customer_id", "score=likely_to_recommend", "text=comment", "timestamp=answered"]
    );
    assert_eq!(
        columns(&proposal, "contacts"),
        ["arm=arm", "campaign_id=campaign_id", "contacted_at=contacted_at", "customer_id=customer_id"]
    );
    assert_eq!(
        columns(&proposal, "campaigns"),
        ["campaign_id=campaign_id", "end=end_date", "name=name", "start=start_date"]
    );
}

#[test]
fn a_lone_newest_day_is_doubted() {
    let rows = ["Y1|2024-01-10|10.50", "Y1|2042-03-01|20.50", "Y2|2024-05-31|5.50", "Y2|2024-06-01|6.50"];
    let proposal = propose(&[csv("orders.csv", "customer_id|order_date|amount", &rows)]);
    assert!(asks(&proposal, "as_of = \"2024-06-01\"") && option(&proposal, &["pipeline"], "as_of").is_none());
}

#[test]
fn workbooks_name_their_sheet_and_header() {
    let mut file = csv(
        "report.xlsx",
        "Customer|Order|Date|Amount",
        &["1|A|2024-01-05|2.50", "2|B|15/01/2024|3.50", "1|C|2024-02-05|4.50"],
    );
    file.format = SampleFormat::Workbook { sheet: "Report".into(), other_sheets: vec!["Notes".into()], header_row: 5 };
    file.columns[2].kind = SampleKind::Instant;
    let proposal = propose(&[file]);
    let section = ["sources", "transactions"];
    assert_eq!(option(&proposal, &section, "sheet").as_deref(), Some("Report"));
    assert_eq!(option(&proposal, &section, "header_row").as_deref(), Some("5"));
    assert_eq!(option(&proposal, &section, "date_format").as_deref(), Some("%d/%m/%Y"));
    assert!(proposal.toml.contains("`Notes`"));
}

#[test]
fn every_answer_is_a_line_that_can_be_uncommented() {
    let files = [
        csv("a.csv", "id|date|sales", &["A|05/02/2024|1.234", "B|07/06/2024|2.500", "A|11/01/2024|7.125"]),
        csv("b \"x\".csv", "customer_id|name|amount|amount|order_date", &["D1|Ann|10.00|12.10|2024-02-01"]),
        csv(
            "c.csv",
            "customer|date|unit|amount",
            &["A|2024-02-05T10:00Z|EUR|1.50", "A|2042-02-05T10:00Z|USD|1.50", "|2024-02-05T10:00Z|USD|0"],
        ),
    ];
    for file in files {
        let proposal = propose(std::slice::from_ref(&file));
        assert_eq!(proposal, propose(&[file]));
        assert!(!proposal.questions.is_empty());
        for choice in proposal.questions.iter().flat_map(|q| &q.choices) {
            assert!(proposal.toml.contains(&format!("# {choice}\n")), "{choice}");
            assert!(toml::from_str::<toml::Table>(choice).is_ok(), "{choice}");
        }
    }
}

#[test]
fn nothing_at_all_is_a_question_and_no_panic() {
    assert!(!propose(&[]).has_transactions);
    let proposal = propose(&[csv("empty.csv", "", &[])]);
    assert!(!proposal.has_transactions && blocking(&proposal) == 1);
}

#[test]
fn spellings_of_one_address_are_doubted() {
    let rows =
        ["mia@x.example|1|2024-01-02|40.00", "Mia@X.example|2|2024-02-02|60.00", "bo@x.example|3|2024-03-03|5.00"];
    let proposal = propose(&[csv("orders.csv", "email|order_id|order_date|amount", &rows)]);
    assert!(asks(&proposal, "fold_ids = \"email\"") && blocking(&proposal) == 0);
    let rows = ["علی کریمی|2024-01-03|100.00", "علي كريمي|2024-01-20|200.00"];
    let proposal = propose(&[csv("orders.csv", "customer_name|order_date|amount", &rows)]);
    assert!(asks(&proposal, "fold_ids = \"letters\"") && asks(&proposal, "enough to tell customers apart"));
}

#[test]
fn a_state_of_a_country_is_no_state_of_an_order() {
    let rows = ["1|2024-01-03|Kentucky|10.50", "2|2024-01-20|California|20.50", "1|2024-02-20|Kentucky|2.50"];
    let proposal = propose(&[csv("orders.csv", "customer_id|order_date|State|amount", &rows)]);
    assert!(!columns(&proposal, "transactions").iter().any(|c| c.starts_with("status")), "{}", proposal.toml);
    let rows = ["1|2024-01-03|paid|10.50", "2|2024-01-20|cancelled|20.50", "1|2024-02-20|paid|2.50"];
    let proposal = propose(&[csv("orders.csv", "customer_id|order_date|State|amount", &rows)]);
    assert!(columns(&proposal, "transactions").contains(&"status=State".to_owned()), "{}", proposal.toml);
}

#[test]
fn columns_that_the_program_does_not_take_are_not_mapped() {
    let rows = ["1|2024-01-03|S1|10.50", "2|2024-01-20|S2|20.50", "1|2024-02-20|S1|2.50"];
    let file = csv("orders.csv", "customer_id|order_date|store|amount", &rows);
    assert!(columns(&propose(std::slice::from_ref(&file)), "transactions").contains(&"store=store".to_owned()));
    let proposal = propose_known(&[file], &|_, standard| standard != "store");
    assert!(!columns(&proposal, "transactions").contains(&"store=store".to_owned()));
    assert!(proposal.toml.contains("Not read: `store`"));
}

#[test]
fn customers_that_never_come_back_are_doubted() {
    let rows: Vec<String> = (0..60).map(|i| format!("o{i}|c{i}|2024-01-{:02}|{}.50", 1 + i % 28, 10 + i)).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let proposal = propose(&[csv("orders.csv", "order_id|customer_id|order_date|amount", &rows)]);
    assert!(proposal.has_transactions && asks(&proposal, "tell the customer or the order"));
}
