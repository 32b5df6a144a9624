//! What many records say alike is in memory once, also after loading.

mod support;

use std::sync::Arc;

use countersign_core::{
    ApiDefinition, ApiId, Change, Description, Environment, GroupId, PublicationKey, Snapshot,
    command::{
        api::ModifyApi,
        publication::{Publish, Unpublish},
    },
};
use countersign_store::{Backend, memory::MemoryBackend};
use support::*;

const API: ApiId = ApiId::from_random([0xa1; 16]);

fn publish(environment_name: &str) -> Publish {
    Publish {
        account: account(),
        group: None,
        api: API,
        environment: environment(environment_name),
        description: Description::from_stored(""),
    }
}

fn change_path(path: &str) -> ModifyApi {
    ModifyApi {
        account: account(),
        group: Some(GroupId::from_random([0x61; 16])),
        id: API,
        name: None,
        description: None,
        visibility: None,
        definition: Some(definition(path).into()),
    }
}

/// All definitions that are live or were.
fn definitions(snapshot: &Snapshot) -> Vec<Arc<ApiDefinition>> {
    let live = snapshot.publications_of_api(API);
    let former = snapshot.former_publications_of_api(API);
    let all = live.chain(former).map(|own| Arc::clone(&own.definition));
    all.collect()
}

fn distinct(definitions: &[Arc<ApiDefinition>]) -> usize {
    let mut places: Vec<_> = definitions.iter().map(Arc::as_ptr).collect();
    places.sort_unstable();
    places.dedup();
    places.len()
}

#[tokio::test]
async fn versions_share_their_definitions() {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::new());
    let store = open(&backend).await;
    let initial = |name| Environment::initial(&environment(name)).unwrap();
    let setup = vec![
        Change::PutEnvironment(initial("RELEASE")),
        Change::PutEnvironment(initial("PRE")),
        Change::PutEnvironment(own_environment(0xe1, "prod")),
        Change::PutGroup(group(0x61).into()),
        Change::PutApi(api(0xa1, 0x61, definition("/one")).into()),
    ];
    store.execute(Apply(setup), NOW).await.unwrap();
    let places = ["RELEASE", "PRE", "prod", "RELEASE", "prod"];
    for path in ["/one", "/two"] {
        store.execute(change_path(path), NOW).await.unwrap();
        for place in places {
            store.execute(publish(place), NOW).await.unwrap();
        }
    }
    store.execute(change_path("/three"), NOW).await.unwrap();
    let off = Unpublish {
        account: account(),
        group: None,
        api: API,
        environment: environment("prod"),
    };
    store.execute(off, NOW).await.unwrap();

    let live = definitions(&store.snapshot());
    assert_eq!((live.len(), distinct(&live)), (10, 2));
    store.close().await;
    let again = open(&backend).await.snapshot();
    let loaded = definitions(&again);
    assert_eq!(loaded, live);
    assert_eq!(distinct(&loaded), 2, "as before it was closed");

    let one = |name: &str| {
        let key = PublicationKey {
            api: API,
            environment: environment(name),
        };
        again.former_publications(&key).last().unwrap().clone()
    };
    let (here, there) = (one("prod"), one("RELEASE"));
    assert_eq!(here.definition.path.to_string(), "/two");
    assert!(Arc::ptr_eq(&here.definition, &there.definition));
}
