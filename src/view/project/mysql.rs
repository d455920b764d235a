//! What mysqld is and holds.

use std::sync::Arc;

use crate::base::{PodName, PodUid};
use crate::kube::key;
use crate::manifest::object::Pod;
use crate::mysql::{self, Inspect, InspectPhase, ReplicaInspect};
use crate::node::{Process, Program};
use crate::view::scene::{
    CopyScene, DatabaseScene, MysqlPhase, MysqlScene, ReplicaScene, TableScene, ThreadErrorScene,
};
use crate::world::World;

/// Something of the pod's mysqld: the last one started, so that the entrypoint's temporary server
/// counts only while it runs.
fn of_server<'a, T>(
    world: &'a World,
    pod: &PodUid,
    look: impl Fn(&mysql::Program) -> Option<T>,
) -> Option<(&'a Process, T)> {
    let own = world.nodes().processes().filter(|(_, process)| process.container.pod == *pod);
    let servers = own.filter_map(|(_, process)| match process.program()? {
        Program::Mysql(program) => look(program).map(|found| (process, found)),
        _ => None,
    });
    servers.last()
}

fn server<'a>(world: &'a World, pod: &PodUid) -> Option<(&'a Process, Inspect)> {
    of_server(world, pod, mysql::Program::inspect)
}

/// What `SHOW SLAVE STATUS\G` prints in a pod of the lesson; `None`: replication is not configured
/// there, or no server runs.
pub fn slave_status(world: &World, pod: &PodName) -> Option<String> {
    let key = key(&world.scenario().namespace, pod.as_str());
    let uid = world.kube().store().pods.get(&key)?.metadata.uid.as_str().into();
    let now = world.now().unix_secs();
    let (_, text) = of_server(world, &uid, |program| program.slave_status(now))?;
    (!text.is_empty()).then_some(text)
}

/// What a pod's mysqld is and holds, if one runs.
pub fn mysql(world: &World, pod: &Pod) -> Option<Arc<MysqlScene>> {
    let (_, inspect) = server(world, &pod.metadata.uid.as_str().into())?;
    let unix_secs = world.now().unix_secs();
    Some(Arc::new(MysqlScene {
        phase: match inspect.phase {
            InspectPhase::Initializing => MysqlPhase::Initializing,
            InspectPhase::Starting => MysqlPhase::Starting,
            InspectPhase::Ready => MysqlPhase::Ready,
            InspectPhase::ShuttingDown => MysqlPhase::ShuttingDown,
        },
        version: inspect.version,
        server_id: inspect.server_id,
        super_read_only: inspect.super_read_only,
        log_slave_updates: inspect.log_slave_updates,
        binlogs: inspect.binlogs,
        events: inspect.events,
        older_events: inspect.closed,
        copied: inspect.copied.map(|copied| CopyScene {
            from: copied.from.as_str().into(),
            file: copied.file,
            at: copied.at,
        }),
        databases: inspect.databases.into_iter().map(database).collect(),
        replica: inspect.replica.map(|replica| replica_scene(replica, unix_secs)),
        replicas: inspect.replicas.into_iter().map(|(id, _, position)| (id, position)).collect(),
    }))
}

fn database(database: crate::mysql::DatabaseInspect) -> DatabaseScene {
    let table = |table: crate::mysql::TableInspect| TableScene {
        name: table.name,
        columns: table.columns,
        rows: table.rows,
        count: table.count,
    };
    DatabaseScene { name: database.name, tables: database.tables.into_iter().map(table).collect() }
}

fn replica_scene(replica: ReplicaInspect, unix_secs: u64) -> ReplicaScene {
    ReplicaScene {
        lag_secs: replica.lag_secs(unix_secs),
        io_running: replica.io_running.into(),
        sql_running: replica.sql_running.into(),
        io_state: replica.io_state.into(),
        sql_state: replica.sql_state.into(),
        source_host: replica.source_host,
        read: replica.read,
        executed: replica.executed,
        began: replica.began,
        relay: replica.relay,
        relay_files: replica.relay_files,
        errors: replica.errors.into_iter().map(thread_error).collect(),
    }
}

fn thread_error(error: mysql::ThreadError) -> ThreadErrorScene {
    ThreadErrorScene { column: error.column, errno: error.errno, text: error.text }
}

/// What stands behind the container that runs mysqld: where it writes or where it reads, or what a
/// thread of its replication failed of; and whether it is the latter.
pub fn note(world: &World, pod: &PodUid, container: &str) -> Option<(String, bool)> {
    let (process, inspect) = server(world, pod)?;
    if &*process.container.name != container || inspect.phase != InspectPhase::Ready {
        return None;
    }
    let short = |file: &str| file.rsplit('.').next().unwrap_or(file).to_string();
    if let Some(replica) = &inspect.replica {
        if let Some(error) = replica.errors.first() {
            return Some((format!("{}: {}", error.column, error.errno), true));
        }
        let (file, position) = &replica.executed;
        return Some((format!("{} : {position}", short(file)), false));
    }
    let last = inspect.binlogs.last();
    last.map(|(file, size)| (format!("{} : {size}", short(file)), false))
}

/// Bytes a backup of a pod's data has in all: what its data directory holds.
pub fn backup_bytes(world: &World, pod: &PodUid) -> Option<u64> {
    let pod = world.kube().store().pod(pod)?;
    let claims = pod.spec.volumes.iter().filter_map(|volume| {
        let claim = &volume.persistent_volume_claim.as_ref()?.claim_name;
        let key = key(&pod.metadata.namespace, claim);
        let volume = &world.kube().store().claims.get(&key)?.spec.volume_name;
        world.nodes().volume(&volume.as_str().into()).map(|volume| volume.used())
    });
    claims.max()
}
