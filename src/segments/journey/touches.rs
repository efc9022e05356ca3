//! The touches of a customer: interactions, and contacts of campaigns that no interaction tells of.

use std::collections::BTreeSet;

use crate::clean::{Arm, Cleaned, Direction, Experience, NO_NAME};

/// A touch of a customer. Its order is by time first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Encounter {
    /// Minutes since 1970-01-01 00:00 business time.
    pub(super) minute: i32,
    /// Place among [`Touches::names`].
    pub(super) touchpoint: u32,
    /// Place of what came of it among the outcomes of the interactions, or [`NO_NAME`].
    pub(super) outcome: u32,
    pub(super) experience: Experience,
    pub(super) direction: Direction,
}

/// Where touches come from.
pub(super) struct Touches<'a> {
    cleaned: &'a Cleaned,
    /// Touchpoints, channels of campaigns among them, in byte order.
    pub(super) names: Vec<String>,
    /// The place of each touchpoint of the interactions.
    of_touchpoint: Vec<u32>,
    /// Of each campaign with contacts: the place of its channel, and its place in the interactions.
    of_campaign: Vec<(u32, Option<u32>)>,
    /// The minute after the as-of day.
    end: i32,
}

/// What contacts of campaigns without a channel are called.
const NO_CHANNEL: &str = "campaign";

impl<'a> Touches<'a> {
    pub(super) fn of(cleaned: &'a Cleaned, end: i32) -> Self {
        let (interactions, outreach) = (&cleaned.interactions, &cleaned.outreach);
        let channel = |id: &String| {
            let channel = outreach.campaigns.get(id).and_then(|campaign| campaign.channel.as_deref());
            channel.unwrap_or(NO_CHANNEL)
        };
        let names =
            interactions.touchpoints.iter().map(String::as_str).chain(outreach.campaign_ids.iter().map(channel));
        let names = names.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect::<Vec<_>>();
        let place = |name: &str| names.binary_search_by(|own| own.as_str().cmp(name)).map_or(NO_NAME, |at| at as u32);
        let told = |id: &String| interactions.campaigns.binary_search(id).ok().map(|at| at as u32);
        let of_touchpoint = interactions.touchpoints.iter().map(|name| place(name)).collect();
        let of_campaign = outreach.campaign_ids.iter().map(|id| (place(channel(id)), told(id))).collect();
        Self { cleaned, names, of_touchpoint, of_campaign, end }
    }

    /// There are no more touches of all customers than this.
    pub(super) fn most(&self) -> usize {
        self.cleaned.interactions.touches.rows().len() + self.cleaned.outreach.contacts.rows().len()
    }

    /// The touches of a customer in time order. A contact counts when the customer was reached and has no interaction
    /// of its campaign.
    pub(super) fn of_customer(&self, customer: u64, found: &mut Vec<Encounter>) {
        found.clear();
        let touches = self.cleaned.interactions.touches.of(customer);
        found.extend(touches.iter().filter(|touch| touch.minute < self.end).map(|touch| Encounter {
            minute: touch.minute,
            touchpoint: self.of_touchpoint[touch.touchpoint as usize],
            outcome: touch.outcome,
            experience: touch.experience,
            direction: touch.direction,
        }));
        for contact in self.cleaned.outreach.contacts.of(customer) {
            let Some(minute) = contact.contacted.filter(|minute| *minute < self.end) else { continue };
            let Some((touchpoint, told)) = self.of_campaign.get(contact.campaign as usize).copied() else { continue };
            let is_told = told.is_some_and(|campaign| touches.iter().any(|touch| touch.campaign == campaign));
            if contact.arm != Arm::Control && !is_told {
                let (experience, direction) = (Experience::Unknown, Direction::Outbound);
                found.push(Encounter { minute, touchpoint, outcome: NO_NAME, experience, direction });
            }
        }
        found.sort_unstable();
    }
}
