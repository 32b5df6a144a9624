//! The verdict on a request, with the newest keys there are.

use std::sync::Arc;

use countersign_sign::verifier::{Outlook, Refusal, Verified, Verifier};

use crate::{
    Clock,
    feed::{Feed, Progress, Ticket},
    meters::{Meters, VERIFIED},
};

/// What every request is judged with.
pub(crate) struct Judge {
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) feed: Option<Arc<Feed>>,
    pub(crate) clock: Clock,
    pub(crate) meters: Arc<Meters>,
}

pub(crate) type Verdict = Result<Verified, Refusal>;

/// One request before the judge. All that it asks of the feed is one wait.
pub(crate) struct Case<'a> {
    judge: &'a Judge,
    ticket: Option<Ticket>,
}

impl Judge {
    pub(crate) fn case(&self) -> Case<'_> {
        Case {
            judge: self,
            ticket: None,
        }
    }

    /// Counts a verdict.
    pub(crate) fn count(&self, verdict: &Verdict) {
        self.verifier.count(verdict);
        self.meters.result(match verdict {
            Ok(_) => VERIFIED,
            Err(refusal) => refusal.as_str(),
        });
    }

    pub(crate) fn observes(&self) -> bool {
        self.verifier.options().observe
    }

    fn progress(&self) -> Progress {
        self.feed
            .as_ref()
            .map(|feed| feed.progress())
            .unwrap_or_default()
    }
}

impl Case<'_> {
    /// What the headers tell before the body is read. A scheme without keys may have
    /// got its first one.
    pub(crate) async fn outlook(&mut self, headers: &[(&str, &[u8])]) -> Outlook {
        loop {
            let seen = self.judge.progress();
            let outlook = self.judge.verifier.outlook(headers);
            let may_change = outlook == Outlook::NoSignature
                && self.may_be_for_old_keys(headers, &Refusal::NoSignature);
            if !may_change || !self.has_news(seen).await {
                return outlook;
            }
        }
    }

    /// Checks until the verdict holds for keys that are newer than the request.
    pub(crate) async fn verdict(
        &mut self,
        headers: &[(&str, &[u8])],
        check: impl Fn(&Verifier, i64) -> Verdict,
    ) -> Verdict {
        loop {
            let seen = self.judge.progress();
            let verdict = check(&self.judge.verifier, (self.judge.clock)());
            let may_change = match &verdict {
                Ok(_) => false,
                Err(refusal) => self.may_be_for_old_keys(headers, refusal),
            };
            if !may_change || !self.has_news(seen).await {
                return verdict;
            }
        }
    }

    fn may_be_for_old_keys(&self, headers: &[(&str, &[u8])], refusal: &Refusal) -> bool {
        self.judge.verifier.may_be_for_old_keys(headers, refusal)
    }

    async fn has_news(&mut self, seen: Progress) -> bool {
        let Some(feed) = &self.judge.feed else {
            return false;
        };
        let ticket = *self.ticket.get_or_insert_with(|| feed.want());
        feed.news(seen, ticket).await
    }
}
