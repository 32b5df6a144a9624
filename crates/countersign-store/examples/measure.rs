//! Prints how fast the embedded store commits and loads on a disk:
//! `cargo run --release -p countersign-store --example measure -- WHAT DIRECTORY`,
//! with `commits`, `fill` or `load` for WHAT. The directory is kept: `load`
//! loads what `fill` wrote there.
#![expect(clippy::print_stdout, reason = "printing is all that it is for")]

use std::{env, error::Error, fs, path::Path, sync::Arc, time::Instant};

use countersign_core::{
    AccountId, Api, ApiDefinition, ApiId, ApiName, BackendAddress, BackendTarget, Binding,
    BindingId, Change, Description, DialectName, Environment, EnvironmentName, Group, GroupId,
    GroupName, Host, KeyVersion, MatchMode, MethodMatch, PathPattern, PayloadPolicy, Publication,
    PublicationKey, Revision, Scheme, SignKey, SignSecret, SignatureKey, SignatureKeyId,
    SignatureKeyName, Snapshot, Timestamp, VersionNumber, Visibility,
    command::{Command, Plan, PlanError, signature_key::ModifySignatureKey},
    path::ParameterStyle,
};
use countersign_sign::Secret;
use countersign_store::{Backend, MasterKey, Store, embedded::EmbeddedBackend};

/// As the gateway itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn Error + Send + Sync>;

const CALLERS: u32 = 64;
const COMMANDS_EACH: u32 = 200;
const APIS: u32 = 100_000;
const APIS_PER_GROUP: u32 = 1000;
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let usage = "say what to measure (commits, fill or load), and in which directory";
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, directory] = arguments.as_slice() else {
        return Err(usage.into());
    };
    let directory = Path::new(directory);
    match what.as_str() {
        "commits" => commits(&directory.join("commits")).await,
        "fill" => fill(&directory.join("large")).await,
        "load" => load(&directory.join("large")).await,
        _ => Err(usage.into()),
    }
}

async fn commits(directory: &Path) -> Result<(), Failure> {
    let store = open(directory).await?;
    let keys = (0..CALLERS).map(signature_key).collect::<Result<_, _>>()?;
    store.execute(Apply(keys), NOW).await?;
    let begin = Instant::now();
    modify_in_turn(store.clone(), 0).await?;
    println!(
        "1 caller: {:.0} commits/s",
        f64::from(COMMANDS_EACH) / begin.elapsed().as_secs_f64()
    );
    let begin = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| tokio::spawn(modify_in_turn(store.clone(), number)))
        .collect();
    for caller in callers {
        caller.await??;
    }
    let rate = f64::from(CALLERS * COMMANDS_EACH) / begin.elapsed().as_secs_f64();
    println!("{CALLERS} callers: {rate:.0} commits/s");
    store.close().await;
    Ok(())
}

async fn fill(directory: &Path) -> Result<(), Failure> {
    let store = open(directory).await?;
    for first in (0..APIS).step_by(APIS_PER_GROUP as usize) {
        store.execute(Apply(group_of_apis(first)?), NOW).await?;
    }
    println!("in memory: {}", memory()?);
    store.close().await;
    println!(
        "{APIS} APIs: {} MiB on disk",
        fs::metadata(directory.join("countersign.redb"))?.len() >> 20
    );
    Ok(())
}

async fn load(directory: &Path) -> Result<(), Failure> {
    let begin = Instant::now();
    let store = open(directory).await?;
    println!(
        "loaded in {:.2} s, revision {}, {}",
        begin.elapsed().as_secs_f64(),
        store.snapshot().revision(),
        memory()?
    );
    Ok(())
}

async fn open(directory: &Path) -> Result<Store, Failure> {
    let key_file = directory.with_extension("key");
    let master_key = if key_file.exists() {
        MasterKey::from_file(&key_file)?
    } else {
        MasterKey::create_file(&key_file)?
    };
    let backend: Arc<dyn Backend> = Arc::new(EmbeddedBackend::open(directory)?);
    Ok(Store::open(backend, &master_key).await?)
}

async fn modify_in_turn(store: Store, number: u32) -> Result<(), Failure> {
    for turn in 0..COMMANDS_EACH {
        let secret = Secret::new(format!("secret_{number}_{turn}"));
        let command = ModifySignatureKey {
            account: account()?,
            id: SignatureKeyId::from_random(id(number)),
            name: None,
            description: None,
            scheme: None,
            sign_key: None,
            sign_secret: Some(SignSecret::from_stored(secret)),
            unique_name: false,
        };
        store.execute(command, NOW).await?;
    }
    Ok(())
}

fn memory() -> Result<String, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let lines = status
        .lines()
        .filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    Ok(lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", "))
}

struct Apply(Vec<Change>);

impl Command for Apply {
    type Outcome = ();

    fn plan(&self, _snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        Ok(Plan {
            changes: self.0.clone(),
            outcome: (),
        })
    }
}

fn id(number: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b1).to_be_bytes());
    bytes
}

fn account() -> Result<AccountId, countersign_core::account::MalformedAccountText> {
    AccountId::parse("1000000000000001")
}

fn signature_key(number: u32) -> Result<Change, Failure> {
    let sign_key = SignKey::from_stored(&format!("sign_key_{number}"));
    let secret = SignSecret::from_stored(Secret::new(format!("secret_{number}")));
    Ok(Change::PutSignatureKey(Arc::new(SignatureKey {
        id: SignatureKeyId::from_random(id(number)),
        account: account()?,
        name: SignatureKeyName::from_stored(&format!("key_{number}")),
        description: Description::from_stored(""),
        active: Arc::new(KeyVersion::new(
            VersionNumber::FIRST,
            Scheme::Alibaba,
            sign_key,
            secret,
            NOW,
        )),
        next: None,
        made_by: DialectName::from_stored("alibaba"),
        created: NOW,
        modified: NOW,
        created_revision: Revision::new(1),
    })))
}

/// A group with its APIs, each published, with a signature key of its own.
fn group_of_apis(first: u32) -> Result<Vec<Change>, Failure> {
    let group = GroupId::from_random(id(first));
    let release = EnvironmentName::parse("RELEASE")?;
    let mut changes = vec![
        Change::PutEnvironment(Environment::initial(&release).ok_or("no such environment")?),
        Change::PutGroup(Arc::new(Group {
            id: group,
            account: account()?,
            name: GroupName::from_stored(&format!("group_{first}")),
            host: Host::parse(&format!("g{first}.gw.localhost"))?,
            description: Description::from_stored(""),
            made_by: DialectName::from_stored("alibaba"),
            created: NOW,
            modified: NOW,
            created_revision: Revision::new(1),
        })),
    ];
    for number in first..first + APIS_PER_GROUP {
        let path = PathPattern::parse(
            &format!("/service/{number}/items/{{id}}"),
            ParameterStyle::BRACES,
        )?;
        let address = BackendAddress::parse("http://10.0.0.1:8080")?;
        let definition = Arc::new(ApiDefinition {
            method: MethodMatch::parse("GET")?,
            path: path.clone(),
            match_mode: MatchMode::Exact,
            backend: BackendTarget {
                address,
                path: Some(path),
                method: None,
                timeout_ms: 10_000,
            },
            mapping: None,
            mock: None,
            payload: PayloadPolicy::Text,
            document: None,
        });
        let api = ApiId::from_random(id(number));
        changes.push(signature_key(number)?);
        changes.push(Change::PutApi(Arc::new(Api {
            id: api,
            group,
            account: account()?,
            name: ApiName::from_stored(&format!("api_{number}")),
            description: Description::from_stored(""),
            visibility: Visibility::Private,
            definition: Arc::clone(&definition),
            made_by: DialectName::from_stored("alibaba"),
            created: NOW,
            modified: NOW,
            created_revision: Revision::new(1),
        })));
        let key = PublicationKey {
            api,
            environment: release.clone(),
        };
        changes.push(Change::PutPublication(Arc::new(Publication {
            key: key.clone(),
            group,
            definition,
            description: Description::from_stored(""),
            published: NOW,
            published_revision: Revision::new(1),
        })));
        let signature_key = SignatureKeyId::from_random(id(number));
        changes.push(Change::PutBinding(Arc::new(Binding {
            id: BindingId::from_random(id(number)),
            publication: key,
            signature_key,
            bound: NOW,
        })));
    }
    Ok(changes)
}
