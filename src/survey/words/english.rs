//! English column names.

use super::super::role::Role;
use super::{Head, Language};

pub(super) const WORDS: Language = Language {
    name: "English",
    head: Head::Last,
    roles: &[
        (
            Role::CustomerId,
            "customer id|customer no|customer number|customer nr|customer code|customer key|customer ref|customer|\
             cust id|cust no|cust|cust nbr|client id|client no|client number|client code|client|user id|user|uid|\
             buyer id|buyer|shopper id|shopper|member id|member no|member|account id|account no|account number|\
             account|household id|household key|household|person id|contact id|card id|card no|loyalty id|\
             loyalty card|donor id|donor|guest id|subscriber id|subscriber|company id|company|associated company|\
             associated company ids|patient id|visitor id|customer identifier|customer unique id|passenger id|\
             sold to|sold to party|bill to customer|cid",
            "caller|caller id|id|unique id|master id|sample id|associated contact|associated contact ids|record id|\
             number",
        ),
        (
            Role::Email,
            "email|e mail|email address|customer email|buyer email|billing email|email billing|mail|user email|\
             contact email",
            "",
        ),
        (
            Role::Phone,
            "phone|phone number|mobile|mobile number|telephone|cell|cell phone|customer phone|billing phone|phone no|\
             tel",
            "msisdn",
        ),
        (
            Role::CustomerName,
            "customer name|client name|full name|account name|company name|buyer name|contact name|name of customer|\
             member name|user name|billing name|bill to name",
            "name|surname|last name|username",
        ),
        (
            Role::Timestamp,
            "order date|order datetime|order date time|order time|order timestamp|order ts|invoice date|\
             invoice datetime|transaction date|transaction timestamp|transaction datetime|transaction time|\
             trans date|txn date|purchase date|purchase timestamp|purchase datetime|purchased at|ordered at|\
             order purchase timestamp|date of order|date of purchase|date of sale|sale date|sales date|bill date|\
             close date|closed date|booking date|receipt date|order created at|order created date|day of purchase|\
             order day",
            "date|datetime|date time|timestamp|ts|created at|created|created date|date created|created on|\
             created utc|payment date|paid at|date paid|event time|event date|event timestamp|occurred at|\
             activity date|call date|contact date|submitted at|answered|answered at|answer date|response date|\
             survey date|completed at|day|posting date|visit date|time stamp|review date|sent at|date of contact|\
             create date|interaction date|date created gmt",
        ),
        (
            Role::Amount,
            "amount|order amount|order total|order value|order total amount|total amount|total price|total|\
             grand total|sales|sales amount|sales value|sale amount|sale value|sale price|revenue|net amount|\
             net sales|n revenue|net revenue|gross amount|gross sales|turnover|spend|spent|amount spent|amount paid|\
             paid amount|total paid|transaction amount|transaction value|invoice amount|invoice total|line total|\
             line amount|line value|total sales|total value|total spend|purchase amount|purchase value|close value|\
             deal amount|deal value|basket value|donation amount|extended price|ext price|payment value|\
             payment amount|opportunity amount|net total|gross total|monetary|total revenue|amt|order revenue|\
             total usd|amount usd|won amount",
            "value|price|subtotal|sub total|net|gross|charge|charged|money|order subtotal|cost|sum",
        ),
        (
            Role::Quantity,
            "quantity|qty|units|unit count|pieces|pcs|item count|items|items sold|lineitem quantity|\
             line item quantity|number of items|no of items|num items|n items|order quantity|order qty|\
             quantity ordered|ordered quantity|units sold|quantity sold|n cds|item quantity",
            "count|volume|number of pieces",
        ),
        (
            Role::UnitPrice,
            "unit price|price per unit|price each|item price|lineitem price|line item price|product price|price|\
             selling price|unit amount|item cost|price per piece|unit sale price|sales price",
            "list price|rate|retail price|standard price",
        ),
        (
            Role::TransactionId,
            "order id|order no|order number|order nr|order|order name|order code|order ref|order reference|order key|\
             invoice|invoice no|invoice number|invoice nr|invoice id|transaction id|transaction no|\
             transaction number|transaction|trans id|txn id|receipt|receipt no|receipt number|receipt id|basket id|\
             basket|bill no|bill number|bill id|ticket no|ticket id|ticket number|sale id|sales order|\
             sales order number|sales id|purchase id|payment id|charge id|opportunity id|deal id|booking id|\
             reservation id|document no|document number|voucher no|check no|order increment id|cart id|purchase order",
            "id|reference|ref|number|record id",
        ),
        (
            Role::OriginalTransactionId,
            "original order id|original transaction id|original invoice|original order|refunded order id|\
             parent order id|return of order|refund of|original invoice no|credited invoice|reversed document",
            "",
        ),
        (
            Role::ProductId,
            "product id|product code|product no|product number|product key|product|sku|stock code|item id|item code|\
             item no|item number|item|article|article no|article id|article number|lineitem sku|upc|ean|barcode|asin|\
             part number|material|material number|product sku|variant sku|isbn|plu",
            "lineitem name|product name|item name|description|product s|id|labels|label",
        ),
        (
            Role::ProductName,
            "product name|item name|product title|title|article name|product description|description|lineitem name",
            "name|product type",
        ),
        (
            Role::Category,
            "category|product category|category name|product group|item category|product line|product family|\
             main category|level 1",
            "department|product type|commodity|sub category|subcategory|family|series|collection|vendor|brand|group|\
             class|level2",
        ),
        (
            Role::Channel,
            "channel|sales channel|order channel|source channel|order source|channel name|medium|purchase channel|\
             platform",
            "source|origin|attribution|device",
        ),
        (
            Role::Cost,
            "cost|cost of goods|cogs|unit cost|cost price|purchase price|buying price|cost amount|product cost",
            "",
        ),
        (Role::Margin, "margin|profit|gross profit|gross margin|contribution|contribution margin|margin amount", ""),
        (
            Role::Discount,
            "discount|discount amount|discounts|rebate|retail disc|total discount|cart discount amount|line discount|\
             discount value|coupon discount",
            "coupon disc",
        ),
        (
            Role::Shipping,
            "shipping|shipping amount|shipping cost|shipping costs|shipping fee|postage|freight|freight value|\
             delivery fee|delivery cost|order shipping amount|shipping total|freight cost",
            "",
        ),
        (
            Role::Refunded,
            "refunded amount|amount refunded|refund amount|refund|refunds|returned amount|order refund amount|\
             refund total",
            "",
        ),
        (
            Role::Store,
            "store|store id|store no|store code|shop|shop id|branch|branch id|outlet|store name|location|pos|\
             store number",
            "",
        ),
        (
            Role::Currency,
            "currency|currency code|ccy|order currency|cur|money unit|price unit|currency iso code",
            "unit",
        ),
        (
            Role::Status,
            "status|order status|financial status|payment status|deal stage|stage|stage name|transaction status|\
             invoice status|order state|sale status|opportunity stage",
            "fulfillment status|state",
        ),
        (Role::BirthDate, "birth date|birthdate|date of birth|birthday|dob|birth day", ""),
        (Role::Gender, "gender|sex", ""),
        (Role::City, "city|town|billing city|customer city|place|city billing|office location", ""),
        (Role::Region, "region|province|county|customer state|billing state|district|state|territory", ""),
        (
            Role::Country,
            "country|country code|nation|billing country|country region|customer country|country code billing",
            "",
        ),
        (
            Role::AcquiredAt,
            "acquired at|signup date|sign up date|signup at|registered at|registration date|registered|joined|\
             joined at|join date|member since|customer since|first seen|dt customer|date registered|sign up|\
             enrolment date|enrollment date|acquisition date|created at|create date|created date|created|joining date",
            "",
        ),
        (
            Role::AcquisitionChannel,
            "acquisition channel|acquisition source|signup channel|lead source|utm source|referral source",
            "source|original source",
        ),
        (Role::AcquisitionCost, "acquisition cost|cac|cost per acquisition", ""),
        (
            Role::Touchpoint,
            "touchpoint|touch point|event|event type|event name|activity|activity type|interaction type|interaction|\
             action|contact type|engagement type|type of contact|activity name",
            "type|channel|medium|contact method",
        ),
        (Role::Direction, "direction|inbound outbound|call direction", ""),
        (Role::Outcome, "outcome|result|disposition|call result|call outcome|poutcome|resolution", "status"),
        (
            Role::Duration,
            "duration|call duration|talk time|duration s|duration seconds|length|duration sec|handle time",
            "",
        ),
        (Role::Topic, "topic|subject|reason|call reason|issue|issue type|theme", "category"),
        (Role::CampaignId, "campaign id|campaign code|campaign no|campaign key|campaign|mailing id", ""),
        (Role::CampaignName, "campaign name|campaign title|mailing name", "name|title|campaign type|description"),
        (
            Role::Start,
            "start|start date|started at|begin date|from date|valid from|launch date|send date|campaign start|begins",
            "date|from",
        ),
        (Role::End, "end|end date|ended at|to date|valid to|valid until|campaign end|ends|until", "to"),
        (Role::CostPerContact, "cost per contact|contact cost|unit cost|cost per mail|cost per send", "cost"),
        (Role::Offer, "offer|offer name|incentive|coupon|promotion", "discount"),
        (
            Role::Arm,
            "arm|treatment|treatment group|test group|control group|variant|experiment group|campaign group|group|\
             is control|treated|is treated",
            "segment",
        ),
        (
            Role::ContactedAt,
            "contacted at|contact date|sent at|send date|contacted|mailed at|sent date|date sent",
            "date|timestamp|sent",
        ),
        (
            Role::RespondedAt,
            "responded at|response date|redemption date|redeemed at|converted at|conversion date|opened at|clicked at",
            "",
        ),
        (
            Role::Score,
            "score|nps|nps score|rating|csat|csat score|ces|ces score|likely to recommend|likelihood to recommend|\
             recommendation|satisfaction|satisfaction score|stars|review score|customer satisfaction|recommend|\
             survey score",
            "value|answer|grade",
        ),
        (Role::Instrument, "instrument|survey type|survey|survey name|questionnaire|metric", "type"),
        (Role::Scale, "scale|max score|scale max", ""),
        (
            Role::Text,
            "text|comment|comments|feedback|review|review text|verbatim|remark|remarks|review comment message|\
             free text|answer text",
            "message|notes|note",
        ),
    ],
    modifiers: "last|latest|first|previous|prior|next|days|since|birth|due|ship|shipping|shipped|delivery|delivered|\
        expiry|expiration|expected|estimated|updated|modified|cancelled|canceled|refund|refunded|returned|tax|vat|\
        discount|fee|tip|avg|average|mean|median|income|lifetime|budget|monthly|annual|yearly|signup|registration|\
        effective|valid|promised|limit|approved|carrier|number|num|count|pct|percent|age|year|est|customer's|add|\
        cart|parent|original|membership|parking|reorder",
};
