//! The tutorial's walk, as far as Kubernetes goes.

use ordinal::kube::pod_columns;

use super::driver::{Driver, tutorial};

#[test]
fn three_pods_come_up_one_after_the_other() {
    let mut driver = Driver::new();
    driver.apply_text(&tutorial());
    let settled = driver.settle();
    if std::env::var("SHOW").is_ok() {
        println!("{}", driver.lines.join("\n"));
        println!("{}", driver.events().join("\n"));
    }
    assert!(settled, "the cluster comes to rest");
    for name in ["mysql-0", "mysql-1", "mysql-2"] {
        let pod = driver.pod(name).expect("the pod is there");
        let columns = pod_columns(pod);
        assert_eq!((columns.ready, columns.status.as_str()), ((2, 2), "Running"), "{name}");
    }
    println!("{} steps, settled at {}", driver.steps, driver.now);
}
