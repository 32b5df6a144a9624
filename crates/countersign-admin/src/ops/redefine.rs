//! Changing an API whose new definition is made from its present one.

use std::sync::Arc;

use countersign_core::{
    Api, ApiDefinition, ApiId, ApiName, Description, GroupId, Snapshot, Timestamp, Visibility,
    command::{Command, Plan, PlanError, api::ModifyApi},
};
use countersign_store::Unavailable;

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

/// What is to change of an API beside its definition; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiPatch {
    pub(crate) name: Option<ApiName>,
    pub(crate) description: Option<Description>,
    pub(crate) visibility: Option<Visibility>,
}

/// How often a definition is made anew when another change came first.
const TRIES: usize = 16;

impl Ops {
    /// Changes an API. `redefine` makes its new definition from the present
    /// one, `None` if it stays, and is asked again when another change came
    /// first, so that neither is lost. What is live stays as it is.
    pub(crate) async fn modify_api<E: From<OpError>>(
        &self,
        caller: &Caller,
        group: Option<GroupId>,
        id: ApiId,
        patch: ApiPatch,
        redefine: impl Fn(&Api) -> Result<Option<ApiDefinition>, E>,
    ) -> Result<Done<Arc<Api>>, E> {
        let account = authorise(caller, Action::Change)?.clone();
        for _ in 0..TRIES {
            let snapshot = self.snapshot();
            let api = find::api(&snapshot, &account, group, id).map_err(OpError::from)?;
            let definition = redefine(api)?.map(Arc::new);
            let patch = patch.clone();
            let modify = ModifyApi {
                account: account.clone(),
                group,
                id,
                name: patch.name,
                description: patch.description,
                visibility: patch.visibility,
                definition,
            };
            let from = Arc::clone(&api.definition);
            let done = self.execute(ModifyFrom { modify, from }).await?;
            if let Some(outcome) = done.outcome {
                let revision = done.revision;
                return Ok(Done { revision, outcome });
            }
        }
        let tries = TRIES;
        Err(OpError::Contended(Unavailable::Contended { tries }).into())
    }
}

/// Changes an API if its definition is still the one that the new one was made
/// from; else nothing.
#[derive(Debug)]
struct ModifyFrom {
    modify: ModifyApi,
    from: Arc<ApiDefinition>,
}

impl Command for ModifyFrom {
    type Outcome = Option<Arc<Api>>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Option<Arc<Api>>>, PlanError> {
        let api = snapshot.api(self.modify.id);
        if api.is_some_and(|api| api.definition != self.from) {
            let (changes, outcome) = (Vec::new(), None);
            return Ok(Plan { changes, outcome });
        }
        let Plan { changes, outcome } = self.modify.plan(snapshot, now)?;
        let outcome = Some(outcome);
        Ok(Plan { changes, outcome })
    }
}
