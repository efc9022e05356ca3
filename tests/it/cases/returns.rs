//! Cancellations and refunds: they take money back and are never a visit.

use super::{HEAD, run_case};
use crate::support::{ByCustomer, folder, quality, run_ok, table, texts};

const INVOICES: &str = "Bill,Article,Pieces,When,Each,Client\n\
    B10,cup,12,2023-04-03 10:00,1.50,r1\n\
    SB90,cup,-5,2023-05-20 10:00,1.50,r1\n\
    B11,bolt,3000,2023-05-01 09:12,0.75,r2\n\
    SB91,bolt,-3000,2023-05-01 09:40,0.75,r2\n\
    SB92,lamp,-2,2023-04-11 16:00,20.00,r3\n\
    B12,cup,4,2023-04-06 11:00,2.00,r4\n\
    sb93,cup,-4,2023-04-07 11:00,2.00,r4\n\
    B13,vase,1,2023-04-09 11:00,9.90,r4\n\
    SB94,sign,1,2023-04-10 08:00,250.00,r5\n\
    B14,cup,-40,2023-04-11 08:00,0.00,\n\
    B15,vase,2,2023-04-12 08:00,9.90,r6\n\
    B16,vase,1,2023-05-12 08:00,9.90,r6\n\
    SB95,vase,-1,2023-05-25 08:00,9.90,r6\n";

const BILLS: &str = "[sources.transactions]\npath = \"bills.csv\"\ncolumns = { customer_id = \"Client\", \
    timestamp = \"When\", transaction_id = \"Bill\", product_id = \"Article\", quantity = \"Pieces\", unit_price = \"Each\" }\n\
    [clean]\ncancellation_prefix = \"SB\"\n";

/// orders, last purchase, days since, gross, refunds, net; worked out by hand as of 2023-05-31.
#[test]
fn cancelled_invoices_move_money_and_nothing_else() {
    let pipeline = format!("{HEAD}as_of = \"2023-05-31\"\n{BILLS}");
    let folder = folder(&[("bills.csv", INVOICES), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    let expected = [
        ("r1", "1 2023-04-03 58", [18.0, 7.5, 10.5]),
        ("r2", "1 2023-05-01 30", [2250.0, 2250.0, 0.0]),
        ("r3", "0  ", [0.0, 40.0, -40.0]),
        ("r4", "2 2023-04-09 52", [17.9, 8.0, 9.9]),
        ("r6", "2 2023-05-12 19", [29.7, 9.9, 19.8]),
    ];
    assert_eq!(customers.ids(), expected.map(|e| e.0), "r5 has nothing but a contradiction");
    for (id, counts, money) in expected {
        assert_eq!(customers.line(id, &["orders", "last_purchase", "days_since_last"]), counts, "{id}");
        assert_eq!(["spend_gross", "refunds", "spend_net"].map(|c| customers.number(id, c)), money, "{id}");
    }
    let rfm = ByCustomer::read(&run, "rfm");
    assert_eq!(rfm.ids(), ["r1", "r2", "r4", "r6"], "without an order there is no score");
    assert_eq!(rfm.number("r2", "m"), 1.0, "all of the 2250 came back");
    assert_eq!(quality(&run, "customers", "customers_fully_cancelled"), 1.0);
    assert_eq!(quality(&run, "customers", "customers_without_purchase"), 1.0);
    let refused = table(&run, "quarantine");
    let refused: Vec<String> = (0..refused.height())
        .map(|row| ["line", "column", "value", "reason"].map(|c| texts(&refused, c)[row].clone()).join(" "))
        .collect();
    assert_eq!(refused, ["10 Bill SB94 positive_cancellation", "11 Client  missing_customer_id"]);
    assert_eq!(quality(&run, "transactions", "money_quarantined"), 250.0);
    assert_eq!(quality(&run, "transactions", "money_unaccounted"), 0.0);
    let clv = ByCustomer::read(&run, "clv");
    // r2 bought and cancelled on one day, whose total is zero: no purchase day
    assert_eq!(clv.ids(), ["r1", "r4", "r6"]);
}

const NAMED: &str = "customer_id,timestamp,transaction_id,original_transaction_id,amount\n\
    s1,2023-02-01,a1,,100\ns1,2023-03-01,a2,,60\ns1,2023-04-10,ra,a2,-60\n\
    s2,2023-02-01,b1,,100\ns2,2023-03-01,b2,,60\ns2,2023-04-10,rb,b2,-25\n\
    s3,2023-02-01,c1,,100\ns3,2023-03-01,c2,,60\ns3,2023-04-10,rc,c2,-90\n\
    s4,2023-02-01,d1,,100\ns4,2023-03-01,d2,,60\ns4,2023-04-10,rd,nowhere,-25\n\
    s5,2023-02-01,e1,,100\ns5,2023-04-10,re,e1,-40\ns5,2023-04-11,rf,e1,-40\ns5,2023-04-12,rg,e1,-40\n";

/// A refund that names its order cancels that much of it: orders, purchase days, last purchase, refunds, net.
#[test]
fn a_named_refund_cancels_its_order() {
    for zero_amount in ["exclude", "purchase"] {
        let (_keep, run) = run_case("2023-05-01", NAMED, &format!("[clean]\nzero_amount = \"{zero_amount}\"\n"));
        let customers = ByCustomer::read(&run, "customers");
        let expected = [
            ("s1", "1 1 2023-02-01", [60.0, 100.0]),
            ("s2", "2 2 2023-03-01", [25.0, 135.0]),
            // 60 of the 90 cancel the order, the other 30 are a plain refund
            ("s3", "1 1 2023-02-01", [90.0, 70.0]),
            ("s4", "2 2 2023-03-01", [25.0, 135.0]),
            ("s5", "0 0 ", [120.0, -20.0]),
        ];
        for (id, counts, money) in expected {
            let what = format!("{id} with zero_amount = {zero_amount}");
            assert_eq!(customers.line(id, &["orders", "purchase_days", "last_purchase"]), counts, "{what}");
            assert_eq!(["refunds", "spend_net"].map(|c| customers.number(id, c)), money, "{what}");
        }
        let left_out = quality(&run, "customers", "zero_amount_orders_left_out");
        assert_eq!(left_out, 0.0, "a cancelled order is no free order");
    }
    let clv = {
        let (_keep, run) = run_case("2023-05-01", NAMED, "");
        ByCustomer::read(&run, "clv")
    };
    assert_eq!(clv.line("s2", &["x", "t_x", "tenure_days"]), "1 28 89");
    assert_eq!(clv.number("s2", "spend_mean_repeat"), 35.0, "what is left of the second order");
}

/// One return slip, several orders: line by line in whichever order the export has them.
#[test]
fn a_return_slip_ends_alike_in_any_order_of_rows() {
    let mut rows = vec![
        "t1,2023-02-01 10:00,a,,10,web",
        "t1,2023-02-05 10:00,b,,20,app",
        "t1,2023-03-01 12:00,r,a,-4,store",
        "t1,2023-03-01 12:00,r,b,-5,web",
        "t1,2023-03-02 12:00,q,a,-8,store",
        "t1,2023-03-03 09:00,c,,7,web",
        "t1,2023-03-03 09:00,c,,6,app",
        "t1,2023-03-03 09:00,c,,5,store",
    ];
    let mut first = None;
    for seed in 0..8 {
        let text = format!(
            "customer_id,timestamp,transaction_id,original_transaction_id,amount,channel\n{}\n",
            rows.join("\n")
        );
        let (_keep, run) = run_case("2023-05-01", &text, "");
        let bytes = crate::support::table_bytes(&run, &[]);
        let customers = ByCustomer::read(&run, "customers");
        assert_eq!(["refunds", "spend_net"].map(|c| customers.number("t1", c)), [17.0, 31.0], "{rows:?}");
        crate::support::same_files("rows shuffled", first.get_or_insert_with(|| bytes.clone()), &bytes);
        crate::support::Dice::new(seed).shuffle(&mut rows);
    }
}

/// Free orders are left out and counted, or count as purchases; the money is the same.
#[test]
fn an_order_of_zero_is_a_purchase_only_when_asked() {
    let orders = "customer_id,timestamp,amount\nu1,2023-01-01,10\nu1,2023-01-20,0\nu1,2023-02-10,0\nu2,2023-01-05,0\n\
        u3,2023-01-06,5\nu3,2023-01-06,-5\nu3,2023-03-01,8\n";
    let (_keep, run) = run_case("2023-03-31", orders, "");
    let customers = ByCustomer::read(&run, "customers");
    let columns = ["orders", "purchase_days", "last_purchase"];
    assert_eq!(customers.line("u1", &columns), "1 1 2023-01-01");
    assert_eq!(customers.line("u2", &columns), "0 0 ");
    assert_eq!(customers.line("u3", &columns), "2 1 2023-03-01", "the first day nets to nothing");
    assert_eq!(quality(&run, "customers", "zero_amount_orders_left_out"), 3.0);
    let (_keep, run) = run_case("2023-03-31", orders, "[clean]\nzero_amount = \"purchase\"\n");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("u1", &columns), "3 3 2023-02-10");
    assert_eq!(customers.line("u2", &columns), "1 1 2023-01-05");
    assert_eq!(customers.number("u1", "spend_net"), 10.0);
    assert_eq!(quality(&run, "customers", "zero_amount_orders_left_out"), 0.0);
}
