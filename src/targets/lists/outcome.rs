//! What becomes of a customer that a list's rule matches.

/// Where a customer went, in the order in which the reasons are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Outcome {
    /// Nothing decided yet.
    Open,
    Suppressed,
    SuppressedByRule,
    SuppressedByList,
    NoChannel,
    NoConsent,
    ConsentUnknown,
    NoAddress,
    GlobalHoldout,
    ControlOfCampaign,
    InCampaign,
    ContactLimit,
    Cooldown,
    NoFigure,
    NoProfit,
    OtherList,
    ControlElsewhere,
    Cut,
    Treatment,
    Control,
}

impl Outcome {
    /// All that a customer may end with, in order.
    pub(super) const ALL: [Self; 19] = [
        Self::Suppressed,
        Self::SuppressedByRule,
        Self::SuppressedByList,
        Self::NoChannel,
        Self::NoConsent,
        Self::ConsentUnknown,
        Self::NoAddress,
        Self::GlobalHoldout,
        Self::ControlOfCampaign,
        Self::InCampaign,
        Self::ContactLimit,
        Self::Cooldown,
        Self::NoFigure,
        Self::NoProfit,
        Self::OtherList,
        Self::ControlElsewhere,
        Self::Cut,
        Self::Treatment,
        Self::Control,
    ];

    /// Its name in the tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Suppressed => "suppressed",
            Self::SuppressedByRule => "suppressed_by_rule",
            Self::SuppressedByList => "suppressed_by_list",
            Self::NoChannel => "no_channel",
            Self::NoConsent => "no_consent",
            Self::ConsentUnknown => "consent_unknown",
            Self::NoAddress => "no_address",
            Self::GlobalHoldout => "global_holdout",
            Self::ControlOfCampaign => "control_of_running_campaign",
            Self::InCampaign => "in_running_campaign",
            Self::ContactLimit => "contact_limit",
            Self::Cooldown => "cooldown",
            Self::NoFigure => "no_figure",
            Self::NoProfit => "no_profit",
            Self::OtherList => "other_list",
            Self::ControlElsewhere => "control_elsewhere",
            Self::Cut => "cut",
            Self::Treatment => "treatment",
            Self::Control => "control",
        }
    }

    /// What it means.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Open => "not decided",
            Self::Suppressed => "an attribute such as do_not_contact or deceased",
            Self::SuppressedByRule => "matches suppress_where of [targeting]",
            Self::SuppressedByList => "matches suppress_where of the list",
            Self::NoChannel => "the column that names the channel is empty",
            Self::NoConsent => "no true consent_CHANNEL",
            Self::ConsentUnknown => "the customers source tells consent, but not for this channel",
            Self::NoAddress => "no address for this channel",
            Self::GlobalHoldout => "in the global holdout",
            Self::ControlOfCampaign => "control group of a campaign that is still running",
            Self::InCampaign => "in a campaign that is still running",
            Self::ContactLimit => "contacts_per_window is reached",
            Self::Cooldown => "contacted less than cooldown_days ago",
            Self::NoFigure => "no expected profit can be given",
            Self::NoProfit => "a contact is expected to lose money",
            Self::OtherList => "another list expects more of the customer",
            Self::ControlElsewhere => "control group of another list",
            Self::Cut => "worth less than others for whom budget, capacity or size are enough",
            Self::Treatment => "to be contacted",
            Self::Control => "held back, to measure the effect",
        }
    }

    /// Whether the customer is on the list.
    pub(super) fn is_listed(self) -> bool {
        matches!(self, Self::Treatment | Self::Control)
    }
}
