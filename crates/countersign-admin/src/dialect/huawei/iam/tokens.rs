//! `POST /v3/auth/tokens`: a token for a user's name and password.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use countersign_core::{Timestamp, User, command::PlanError};
use http::{HeaderValue, header::HOST, uri::Authority};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    super::{answer::Answer, errors::Fault, table::IamEndpoint, time},
    Call,
    asked::Asked,
    domain,
    token::{self, TokenScope},
};
use crate::{
    auth::{AuthError, Caller, Identity},
    dialect::header,
    ops::OpError,
};

/// How long a token is good for, in nanoseconds: 24 hours (spec 1.2).
const LIFETIME_NANOS: i64 = 24 * 60 * 60 * 1_000_000_000;

pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Fault> {
    let (plane, snapshot) = (call.plane, call.snapshot);
    let asked = Asked::read(call.body)?;
    let user = signed_in(call, &asked).await?;
    let caller = Caller {
        identity: Identity::User(user.id),
        account: user.account.clone(),
    };
    let name = IamEndpoint::CreateToken.name();
    let throttled = plane.throttle.check(&caller, name);
    throttled.map_err(Fault::Throttled)?;

    let project = snapshot.project_of(&user.account);
    let scope = asked.scope.grant(&user.account, project, &plane.region);
    let scope = scope.ok_or(Fault::OtherScope)?;
    let body = Document {
        call,
        user: &user,
        scope,
        issued: plane.now(),
    };
    let (expires, body) = (body.expires(), body.show()?);

    let mut random = Zeroizing::new([0; 32]);
    for half in random.chunks_exact_mut(16) {
        half.copy_from_slice(&plane.random());
    }
    let token = token::new(scope, &random);
    let Some(password) = user.password.clone() else {
        return Err(Fault::Auth(AuthError::WrongPassword));
    };
    let hash = token::hash(&token);
    let done = plane
        .ops
        .issue_token(user.account.clone(), user.id, password, hash, expires)
        .await
        .map_err(|error| match error {
            // The user went or got another password in this very moment.
            OpError::Refused(PlanError::UserNotFound) => Fault::Auth(AuthError::WrongPassword),
            other => other.into(),
        })?;
    tracing::info!(
        request.id = %call.id.to_hex(),
        operation = name,
        account = %caller.account,
        caller = %caller.identity,
        revision = done.revision.number(),
        "changed through the Huawei dialect",
    );
    let token =
        HeaderValue::from_str(&token).expect("letters, digits, '-' and '_' are plain ASCII");
    Ok(Answer::created(&done, body).with_token(token))
}

/// The user whose password was shown. Whether there is such a user tells
/// neither the answer, nor how long it takes, nor after how many failures no
/// more passwords are looked at.
async fn signed_in(call: &Call<'_>, asked: &Asked) -> Result<User, Fault> {
    let plane = call.plane;
    let peer = call.parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let from = (
        asked.user.counted_as(call.snapshot),
        peer.map(|ConnectInfo(peer)| peer.ip().to_canonical()),
    );
    let turn = plane.passwords.turn().await.map_err(Fault::Password)?;
    if plane.password_locks.is_locked(&from, plane.now()) {
        return Err(Fault::PasswordLocked);
    }
    let user = asked.user.find(call.snapshot);
    let kept = user.and_then(|user| user.password.clone());
    let checked = turn.check(asked.password.clone(), kept).await;
    match (checked.map_err(Fault::Password)?, user) {
        (true, Some(user)) => {
            plane.password_locks.succeeded(&from);
            Ok(User::clone(user))
        }
        _ => {
            plane.password_locks.failed(from, plane.now());
            Err(Fault::Auth(AuthError::WrongPassword))
        }
    }
}

/// What is told of a token beside the token itself.
struct Document<'a> {
    call: &'a Call<'a>,
    user: &'a User,
    scope: TokenScope,
    issued: Timestamp,
}

impl Document<'_> {
    fn expires(&self) -> Timestamp {
        Timestamp::from_nanos(self.issued.nanos().saturating_add(LIFETIME_NANOS))
    }

    fn show(&self) -> Result<Value, Fault> {
        let account = &self.user.account;
        let mut token = json!({
            "methods": ["password"],
            "issued_at": instant(self.issued),
            "expires_at": instant(self.expires()),
            "user": {
                "id": self.user.id.to_string(),
                "name": self.user.name.as_str(),
                "domain": domain::show(account),
                "password_expires_at": "",
            },
        });
        match self.scope {
            TokenScope::Unscoped => return Ok(json!({ "token": token })),
            TokenScope::Domain => token["domain"] = domain::show(account),
            TokenScope::Project => {
                let project = self.call.snapshot.project_of(account).to_string();
                token["project"] = json!({
                    "id": project,
                    "name": self.call.plane.region,
                    "domain": domain::show(account),
                });
            }
        }
        // The one system role that may do everything here (spec 7).
        token["roles"] = json!([{ "id": "0", "name": "APIG Administrator" }]);
        let query = self.call.parts.uri.query().unwrap_or_default();
        if !query
            .split('&')
            .any(|part| part.split('=').next() == Some("nocatalog"))
        {
            token["catalog"] = self.catalog()?;
        }
        Ok(json!({ "token": token }))
    }

    /// Where the gateway's API is: where this call came to.
    fn catalog(&self) -> Result<Value, Fault> {
        if self.scope != TokenScope::Project {
            return Ok(json!([]));
        }
        let (plane, parts) = (self.call.plane, self.call.parts);
        let host = header::single(&parts.headers, HOST.as_str()).ok().flatten();
        let host = host.and_then(|host| host.parse::<Authority>().ok());
        let host = host.filter(|host| !host.as_str().contains('@'));
        let host = host.ok_or_else(|| Fault::Missing("Host".to_owned()))?;
        // Only whoever ends TLS in front of this plane knows that there is TLS.
        let forwarded = header::single(&parts.headers, "x-forwarded-proto");
        let scheme = match forwarded {
            Ok(Some("https")) => "https",
            _ => "http",
        };
        let project = self
            .call
            .snapshot
            .project_of(&self.user.account)
            .to_string();
        Ok(json!([{
            "id": "apig",
            "name": "apig",
            "type": "apig",
            "endpoints": [{
                "id": project,
                "interface": "public",
                "region": plane.region,
                "region_id": plane.region,
                "url": format!("{scheme}://{host}/v2/{project}"),
            }],
        }]))
    }
}

/// With six fraction digits, as OpenStack's clients know times.
fn instant(time: Timestamp) -> String {
    let whole = time::seconds(time);
    let micros = time.subsecond_nanos() / 1000;
    format!("{}.{micros:06}Z", whole.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_six_fraction_digits() {
        for (nanos, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_517_919_456_039_953_112, "2018-02-06T12:17:36.039953Z"),
        ] {
            assert_eq!(instant(Timestamp::from_nanos(nanos)), text);
        }
    }
}
