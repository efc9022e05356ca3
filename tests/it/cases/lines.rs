//! Lines of shops and tills that are more than a sale each: orders over several rows, postage, vouchers.

use super::written::{rejected, row, run_files};
use crate::support::{ByCustomer, quality, table, texts};

const EXPORT: &str = "Order,Mail,State,Made,Total,Back,Pieces,Goods,Price,Zip\n\
    #71,una@x.example,paid,2024-04-02 10:00:00 +0200,66.00,0.00,3,Cup,12.00,'04109\n\
    #71,una@x.example,,,,,1,Tray,24.00,\n#71,una@x.example,,,,,2,Card,3.00,\n\
    #72,vic@x.example,refunded,2024-04-03 10:00:00 +0200,95.00,95.00,1,Lamp,60.00,80331\n\
    #72,vic@x.example,,,,,1,Rug,35.00,\n\
    #73,vic@x.example,partially_refunded,2024-04-04 23:40:00 +0200,28.00,6.00,2,Bowl,14.00,80331\n\
    #74,wim@x.example,voided,2024-04-05 09:00:00 +0200,80.00,0.00,1,Chair,80.00,'00184\n\
    #75,una@x.example,paid,2024-04-06 09:00:00 +0200,15.00,0.00,5,Card,3.00,'04109\n";

/// State, day and total stand on the first row of an order only; rows are no orders, prices no line totals, and the
/// mark before a postcode is none of it.
#[test]
fn an_export_with_the_state_on_the_first_row_of_an_order() {
    let columns = "columns = { customer_id = \"Mail\", timestamp = \"Made\", transaction_id = \"Order\", status = \"State\", \
        quantity = \"Pieces\", unit_price = \"Price\", refunded = \"Back\" }\n";
    let people = "[sources.customers]\npath = \"a.csv\"\ncolumns = { customer_id = \"Mail\", zip = \"Zip\" }\n";
    let pipeline = format!(
        "[sources.transactions]\npath = \"a.csv\"\n{columns}{people}\
         [clean]\ncarry_down = true\nrevenue_statuses = [\"paid\", \"partially_refunded\"]\n"
    );
    let (_folder, run) = run_files(&[("a.csv", EXPORT.as_bytes())], &pipeline);
    let customers = ByCustomer::read(&run, "customers");
    let columns = ["orders", "spend_gross", "refunds", "spend_net", "zip"];
    for (id, line) in [
        ("una@x.example", "2 81.0 0.0 81.0 04109"),
        ("vic@x.example", "1 28.0 6.0 22.0 80331"),
        ("wim@x.example", "0 0.0 0.0 0.0 00184"),
    ] {
        assert_eq!(customers.line(id, &columns), line, "{id}");
    }
    assert_eq!(rejected(&run), [row("5", "no_revenue"), row("6", "no_revenue"), row("8", "no_revenue")]);
    assert_eq!(quality(&run, "transactions", "rows_read"), 8.0);
    assert_eq!(quality(&run, "transactions", "money_accepted"), 103.0, "81 and 22, not the sum of a column");
}

const TILL: &str = "timestamp,bill,code,pieces,price,customer_id\n\
    2024-03-01,B1,4401,3,8.00,K1\n2024-03-01,B1,SHIP,1,6.50,K1\n2024-03-02,B2,SHIPS IN A BOTTLE,2,11.00,K1\n\
    2024-03-02,B3,ADJ,1,300.00,K2\n2024-03-02,B3,4402,1,45.00,K2\n2024-03-03,B4,REBATE,-1,7.00,K2\n\
    2024-03-03,X1,ADJ,1,-4000.00,\n2024-03-04,B5,BANK FEE,1,12.00,K3\n2024-03-04,B6,CARD_20,1,20.00,K4\n\
    2024-03-05,B7,4403,1,0.00,K5\n2024-03-05,B8,4401,1,8.00,K5\n2024-03-06,B9,4402,1,45.00,K1\n2024-03-06,B9,SHIP,1,6.50,K1\n\
    2024-03-06,B9,SHIPS IN A BOTTLE,1,11.00,K1\n";

const MAPPED: &str = "[sources.transactions]\npath = \"a.csv\"\ncolumns = { customer_id = \"customer_id\", timestamp = \"timestamp\", \
    transaction_id = \"bill\", product_id = \"code\", quantity = \"pieces\", unit_price = \"price\" }\n\
    [patterns]\nmin_support = 0.01\nmin_confidence = 0.01\nmin_customers_share = 0.01\n";

/// Codes on the list are no products, whatever else is made of letters stays one; with no list all money counts.
#[test]
fn postage_fees_and_vouchers_are_apart_when_asked() {
    let list = "[clean]\nnon_products = [\"SHIP\", \"ADJ\", \"REBATE\", \"BANK FEE\", \"CARD_*\"]\n";
    let (_folder, run) = run_files(&[("a.csv", TILL.as_bytes())], &format!("{MAPPED}{list}"));
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.ids(), ["K1", "K2", "K5"], "K3 and K4 bought no product");
    let spent = ["K1", "K2", "K5"].map(|id| customers.line(id, &["orders", "spend_net"]));
    assert_eq!(spent, ["3 102.0", "1 45.0", "1 8.0"], "the free line is no purchase");
    let refused = rejected(&run);
    assert_eq!(refused.len(), 7);
    assert!(refused.iter().all(|(_, reason)| reason == "no_product"), "the entry without a customer too: {refused:?}");
    for (name, columns) in [
        ("basket_sets", &["items"][..]),
        ("basket_rules", &["if_items", "then_items"]),
        ("purchase_sequences", &["sequence"]),
        ("purchase_paths", &["path"]),
    ] {
        let frame = table(&run, name);
        let words = columns.iter().flat_map(|column| texts(&frame, column)).collect::<Vec<_>>();
        let listed = |w: &String| {
            w.split([' ', '+', '→']).any(|item| ["SHIP", "ADJ", "REBATE", "FEE", "CARD_20"].contains(&item))
        };
        assert!(!words.iter().any(listed), "{name}: {words:?}");
    }
    let singles = texts(&table(&run, "basket_sets"), "items");
    assert!(singles.contains(&"SHIPS IN A BOTTLE".to_owned()) && !singles.contains(&"4403".to_owned()), "{singles:?}");
    let (_folder, all) = run_files(&[("a.csv", TILL.as_bytes())], MAPPED);
    let customers = ByCustomer::read(&all, "customers");
    let spent = ["K1", "K2", "K3", "K4", "K5"].map(|id| customers.number(id, "spend_net"));
    assert_eq!(spent, [115.0, 338.0, 12.0, 20.0, 8.0]);
    assert_eq!(rejected(&all), [row("8", "missing_customer_id")]);
    assert_eq!(quality(&all, "transactions", "money_quarantined"), -4000.0);
}
