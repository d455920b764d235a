//! Claims that ask for more.

use ordinal::kube::{Refusal, key};
use ordinal::manifest::object::{Object, PersistentVolumeClaim, Quantity};

use super::driver::{Driver, tutorial};

fn claim(driver: &Driver) -> PersistentVolumeClaim {
    (*driver.cluster.store().claims[&key("default", "data-mysql-0")]).clone()
}

fn ask(driver: &mut Driver, size: &str) -> Result<bool, Refusal> {
    let mut next = claim(driver);
    let size = Quantity::parse(size).expect("a quantity");
    next.spec.resources.requests.insert("storage".to_string(), size);
    let next = Object::PersistentVolumeClaim(Box::new(next));
    driver.does(|cluster, now, out| cluster.update(next, now, out))
}

fn up() -> Driver {
    let mut driver = Driver::new();
    driver.apply_text(&tutorial());
    assert!(driver.settle());
    driver
}

/// First the disk, then the file system on it.
#[test]
fn a_claim_grows_where_its_class_lets_it() {
    let mut driver = up();
    assert_eq!(ask(&mut driver, "5Gi").ok(), Some(true));
    assert!(driver.settle());
    let claim = claim(&driver);
    assert_eq!(claim.status.capacity["storage"].to_string(), "5Gi");
    assert_eq!(
        (claim.status.conditions, claim.status.allocated_resource_statuses.len()),
        (None, 0)
    );
    let reasons: Vec<String> = driver
        .events()
        .iter()
        .filter(|event| event.contains("PersistentVolumeClaim/data-mysql-0"))
        .filter_map(|event| event.split(' ').nth(1).map(str::to_string))
        .collect();
    let want = ["ExternalExpanding", "Resizing", "FileSystemResizeRequired"];
    assert!(reasons.windows(3).any(|three| three == want), "{reasons:?}");
    assert!(reasons.contains(&"FileSystemResizeSuccessful".to_string()), "{reasons:?}");
}

/// The file system waits for a pod that mounts it.
#[test]
fn the_file_system_of_a_claim_nobody_mounts_grows_later() {
    let mut driver = up();
    driver.scale("mysql", 0);
    assert!(driver.settle());
    assert_eq!(ask(&mut driver, "5Gi").ok(), Some(true));
    assert!(driver.settle());
    let status = claim(&driver).status;
    assert_eq!(status.capacity["storage"].to_string(), "2Gi");
    let conditions = status.conditions.expect("it says what it waits for");
    assert_eq!(conditions[0]["type"], "FileSystemResizePending");
    driver.scale("mysql", 1);
    assert!(driver.settle());
    assert_eq!(claim(&driver).status.capacity["storage"].to_string(), "5Gi");
}

#[test]
fn a_class_may_not_let_its_claims_grow() {
    let mut driver = up();
    let mut class = driver.cluster.store().classes.values().next().expect("one").as_ref().clone();
    class.allow_volume_expansion = Some(false);
    let class = Object::StorageClass(Box::new(class));
    driver.does(|cluster, now, out| cluster.update(class, now, out)).expect("it may be changed");
    let said = ask(&mut driver, "5Gi").map_err(|refusal| refusal.kubectl());
    let want = "Error from server (Forbidden): persistentvolumeclaims \"data-mysql-0\" is \
        forbidden: only dynamically provisioned pvc can be resized and the storageclass that \
        provisions the pvc must support resize";
    assert_eq!(said, Err(want.to_string()));
}
