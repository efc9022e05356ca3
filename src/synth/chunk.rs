//! A run of customers drawn and laid out as rows, each table in the order in which its file has it.

use super::calendar::{DAYS, QUARTERS};
use super::campaign::{CAMPAIGNS, Contact, Effect};
use super::dirt::{self, Written};
use super::duplicates::{self, Change};
use super::feedback::{Answer, Feeling};
use super::lines::{self, Line, Numbering, RowKind};
use super::money::Purse;
use super::names::Spelling;
use super::orders::{self, Order, Ways};
use super::person::{self, Person};
use super::process::History;
use super::random::{Purpose, Stream};
use super::service::{self, Touch};
use super::shop::Shop;
use super::tally::Tally;

/// Position of an id among the ids of the chunk.
pub(super) type IdAt = u32;

/// A row of the customers.
#[derive(Debug)]
pub(super) struct Record {
    /// The customer's id.
    pub(super) id: IdAt,
    /// Everything about them.
    pub(super) person: Person,
    /// Day of registration, as a day of the calendar.
    pub(super) acquired_day: i64,
    /// What they spend with anyone in a year, in cents.
    pub(super) category_spend: Option<i64>,
}

/// A row of the customers' truth.
#[derive(Debug)]
pub(super) struct Latent {
    /// The customer's id.
    pub(super) id: IdAt,
    /// Rate, dropout and days.
    pub(super) history: History,
    /// Mean spend per purchase day, in currency units.
    pub(super) spend_mean: f64,
    /// Orders within the data.
    pub(super) orders: usize,
    /// Habits.
    pub(super) ways: Ways,
    /// Deviation from the mean satisfaction.
    pub(super) feeling: Feeling,
    /// What each campaign would do to them.
    pub(super) effects: [Option<Effect>; CAMPAIGNS],
    /// What each would do to them if it were run again after the data.
    pub(super) effects_again: [Effect; CAMPAIGNS],
}

/// Two records of one person.
#[derive(Debug)]
pub(super) struct Pair {
    /// The first record's id.
    pub(super) id: IdAt,
    /// The second record's id.
    pub(super) second: IdAt,
    /// In what they differ.
    pub(super) changes: Vec<Change>,
}

/// The rows of a run of customers.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Ids as written.
    pub(super) ids: Vec<String>,
    /// Customers.
    pub(super) records: Vec<Record>,
    /// Transactions of each quarter's file.
    pub(super) lines: [Vec<Line>; QUARTERS],
    /// Interactions.
    pub(super) touches: Vec<(IdAt, Touch)>,
    /// Feedback.
    pub(super) answers: Vec<(IdAt, Answer)>,
    /// Campaign contacts.
    pub(super) contacts: Vec<(IdAt, Contact)>,
    /// Truth of each buyer.
    pub(super) latents: Vec<Latent>,
    /// Records of the same person.
    pub(super) pairs: Vec<Pair>,
    /// Counts.
    pub(super) tally: Tally,
}

impl Chunk {
    /// Draws the customers of a range and sorts their rows.
    pub(super) fn draw(shop: &Shop, customers: std::ops::Range<u64>) -> Self {
        let mut chunk = Self::default();
        for customer in customers {
            chunk.customer(shop, customer);
        }
        chunk.sort();
        chunk
    }

    fn id(&mut self, id: String) -> IdAt {
        self.ids.push(id);
        (self.ids.len() - 1) as IdAt
    }

    fn customer(&mut self, shop: &Shop, number: u64) {
        let mut stream = shop.stream(number, Purpose::Person);
        let person = Person::draw(&mut stream);
        let id = self.id(person::customer_id(number));
        if stream.chance(shop.planted.habits.prospects) {
            self.prospect(shop, number, id, person, &mut stream);
        } else {
            self.buyer(shop, number, id, person);
        }
        self.test_account(shop, number);
    }

    fn prospect(&mut self, shop: &Shop, number: u64, id: IdAt, person: Person, stream: &mut Stream) {
        let log = service::prospect(shop, &person, &mut shop.stream(number, Purpose::Service));
        self.touches.extend(log.touches.into_iter().map(|touch| (id, touch)));
        let acquired_day = stream.below(DAYS as u64) as i64;
        let category_spend = person.wallet_share.map(|share| (share * 200_000.0) as i64);
        self.records.push(Record { id, person, acquired_day, category_spend });
        self.tally.prospects += 1;
    }

    fn buyer(&mut self, shop: &Shop, number: u64, id: IdAt, person: Person) {
        let history =
            History::draw(&shop.planted.purchases, &shop.calendar, &mut shop.stream(number, Purpose::Process));
        let mut spend = shop.stream(number, Purpose::Spend);
        let mut basket = shop.stream(number, Purpose::Basket);
        let mut around = shop.stream(number, Purpose::Service);
        let purse = Purse::draw(&shop.planted.spend, &mut spend);
        let ways = Ways::draw(shop, &mut basket);
        let feeling = Feeling::draw(&shop.planted.service, &mut around);
        let mut spends = Vec::new();
        let orders = orders::draw(shop, &history, ways, purse, (&mut spend, &mut basket), &mut spends);
        let mut lot = shop.stream(number, Purpose::Campaign);
        let contacts = shop.campaigns.contacts(&shop.calendar, &person, &history, purse, &spends, &mut lot);
        let log = service::draw(shop, &person, &history, &orders, &contacts, feeling, &mut around);

        self.count_buyer(shop, &history, &orders, &contacts, log.journeys);
        self.touches.extend(log.touches.into_iter().map(|touch| (id, touch)));
        self.answers.extend(log.answers.into_iter().map(|answer| (id, answer)));
        self.contacts.extend(contacts.into_iter().map(|contact| (id, contact)));
        let acquired_day = history.first_day as i64 - person.registered_before;
        let category_spend = category_spend(&person, &history, purse, &spends);
        let second = self.second_record(shop, number, id, &person, acquired_day);
        self.write_orders(shop, number, &orders, [id, second.unwrap_or(id)], person.town);
        let effects = shop.campaigns.effects(&shop.calendar, &person, &history, purse);
        let effects_again = shop.campaigns.effects_again(&shop.calendar, &person, &history, purse);
        let (spend_mean, orders) = (purse.mean, orders.len());
        self.latents.push(Latent { id, history, spend_mean, orders, ways, feeling, effects, effects_again });
        self.records.push(Record { id, person, acquired_day, category_spend });
    }

    fn count_buyer(
        &mut self,
        shop: &Shop,
        history: &History,
        orders: &[Order],
        contacts: &[Contact],
        journeys: [u64; 2],
    ) {
        let tally = &mut self.tally;
        tally.buyers += 1;
        tally.purchase_days += history.days.len() as u64;
        let alive = history.alive_at_end(&shop.calendar);
        tally.alive_at_end += u64::from(alive);
        tally.departures += u64::from(!alive);
        tally.journeys[0] += journeys[0];
        tally.journeys[1] += journeys[1];
        tally.patterns.add(shop, orders);
        for item in orders.iter().flat_map(|order| &order.items) {
            tally.patterns.categories[shop.catalogue.products[item.product].category] += 1;
        }
        for contact in contacts {
            tally.add_contact(contact);
        }
    }

    /// The second record of one in so many people; later orders are spread over both.
    fn second_record(
        &mut self,
        shop: &Shop,
        number: u64,
        id: IdAt,
        person: &Person,
        acquired_day: i64,
    ) -> Option<IdAt> {
        let mut stream = shop.stream(number, Purpose::Duplicate);
        if !stream.chance(shop.duplicate_people) {
            return None;
        }
        let (copy, changes) = duplicates::second_record(person, &mut stream);
        let second = self.id(person::second_id(number));
        let later = (acquired_day + stream.below(200) as i64).min(DAYS as i64 - 1);
        self.records.push(Record { id: second, person: copy, acquired_day: later, category_spend: None });
        self.pairs.push(Pair { id, second, changes });
        self.tally.second_records += 1;
        Some(second)
    }

    fn write_orders(&mut self, shop: &Shop, number: u64, orders: &[Order], records: [IdAt; 2], town: usize) {
        let mut stream = shop.stream(number, Purpose::Dirt);
        let mut split = shop.stream(number, Purpose::Split);
        let mut numbering = Numbering::new(number);
        let written: Vec<Written> = (0..orders.len())
            .map(|at| {
                let other = split.chance(0.4) && at > 0;
                Written { number: numbering.next(), customer: records[usize::from(other)], town }
            })
            .collect();
        for (order, written) in orders.iter().zip(written) {
            let customer = Some(written.customer);
            let genuine = lines::of_order(shop, order, written.number, customer, town, RowKind::Genuine);
            let twice = dirt::duplicates(shop, &genuine, &mut stream);
            let dirty = dirt::around(shop, order, written, &mut numbering, &mut stream);
            for line in genuine.into_iter().chain(twice).chain(dirty) {
                self.write_line(shop, line);
            }
        }
    }

    /// Puts a row into its quarter's file, and into the next one's too if that one's window reaches back to it.
    fn write_line(&mut self, shop: &Shop, line: Line) {
        let quarter = shop.calendar.quarter(line.time);
        let overlap = i64::from(shop.planted.dirt_rates.overlap_days);
        let copied = quarter + 1 < QUARTERS && shop.calendar.days_left_in_quarter(line.time) <= overlap;
        self.tally.add_line(&line, copied);
        if copied {
            self.lines[quarter + 1].push(line.clone());
        }
        self.lines[quarter].push(line);
    }

    fn test_account(&mut self, shop: &Shop, number: u64) {
        let mut stream = shop.stream(number, Purpose::TestAccount);
        if !stream.chance(shop.planted.dirt_rates.test_account_per_customer) {
            return;
        }
        let id = self.id(person::test_id(number));
        let mut person = Person::draw(&mut stream);
        person.first = Spelling { latin: "Test".to_owned(), persian: None };
        person.last = Spelling { latin: format!("Account {}", number + 1), persian: None };
        person.email = Some(format!("qa+{}@shop-test.example", number + 1));
        let mut numbering = Numbering::for_test_account(number);
        for line in dirt::test_orders(shop, id, &mut numbering, &mut stream) {
            self.write_line(shop, line);
        }
        self.records.push(Record { id, person, acquired_day: 0, category_spend: None });
        self.tally.test_accounts += 1;
    }

    fn sort(&mut self) {
        let ids = &self.ids;
        self.records.sort_by(|a, b| ids[a.id as usize].cmp(&ids[b.id as usize]));
        for lines in &mut self.lines {
            lines.sort_by_key(|line| (line.time, line.order));
        }
        self.touches.sort_by_key(|(id, touch)| (touch.time, *id));
        self.answers.sort_by_key(|(id, answer)| (answer.time, *id));
        self.contacts.sort_by_key(|(id, contact)| (contact.campaign, *id));
    }
}

/// What a person spends with anyone in a year: their own spend of the last year of data, and the rest by their share of wallet.
fn category_spend(person: &Person, history: &History, purse: Purse, spends: &[i64]) -> Option<i64> {
    let share = person.wallet_share?;
    let last_year = history.days.iter().zip(spends).filter(|(day, _)| **day >= DAYS - 365);
    let own: i64 = last_year.map(|(_, cents)| cents).sum();
    let usual = history.lambda_per_week * 52.0 * purse.mean * 100.0;
    Some(own + (usual * (1.0 - share) / share) as i64)
}
