//! The zone of a container (`TZ`) and of a server (`default-time-zone`).

use super::lab::Lab;

const ASKED: &str = "SELECT @@system_time_zone, @@time_zone, NOW() = UTC_TIMESTAMP() + INTERVAL 8 \
                     HOUR; SELECT FROM_UNIXTIME(0), CONVERT_TZ('2026-01-01', 'Asia/Tokyo', 'UTC')";

fn asked(lab: &mut Lab) -> String {
    lab.sql("mysql-0", ASKED).lines().skip(1).step_by(2).collect::<Vec<_>>().join("|")
}

#[test]
fn a_containers_zone_is_the_servers_own() {
    let mut lab = Lab::new();
    lab.env.push(("TZ", "Asia/Shanghai"));
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(30_000);
    assert_eq!(asked(&mut lab), "CST\tSYSTEM\t1|1970-01-01 08:00:00\t2025-12-31 15:00:00");
    let log = lab.log("mysql-0");
    assert!(log.starts_with("2026-01-05 16:00:0"), "{log}");
    assert!(log.contains("+08:00 [Note] [Entrypoint]: MySQL init process done."), "{log}");
    assert!(log.contains("Buffer pool(s) load completed at 260105 16:00:"), "{log}");
    // The summers of 1986 to 1991 are not modelled, and said so.
    let said = lab.sql("mysql-0", "SELECT UNIX_TIMESTAMP('1988-07-01 00:00:00')");
    assert!(said.contains("[Ordinal]") && said.contains("1986"), "{said}");
}

#[test]
fn a_servers_zone_is_that_of_its_sessions() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "server-id=100\ndefault-time-zone='+8:00'");
    lab.pod("mysql-1", "server-id=101\ndefault-time-zone=Asia/Shanghai");
    lab.pod("mysql-2", "server-id=102\ndefault-time-zone=Mars");
    lab.pod("mysql-3", "server-id=103\ndefault-time-zone=America/New_York");
    lab.run_for(30_000);
    assert_eq!(asked(&mut lab), "UTC\t+08:00\t1|1970-01-01 08:00:00\t2025-12-31 15:00:00");
    assert_eq!(lab.sql("mysql-1", "SELECT @@time_zone"), "@@time_zone\nAsia/Shanghai\n");
    // Without the option: as the entrypoint starts the server that fills the tables.
    let log = lab.log("mysql-2");
    assert!(
        log.contains("[ERROR] Fatal error: Illegal or unknown default time zone 'Mars'"),
        "{log}"
    );
    assert!(log.contains("Aborting"), "{log}");
    let log = lab.log("mysql-3");
    assert!(
        log.contains("[Ordinal]") && log.contains("default-time-zone=America/New_York"),
        "{log}"
    );
    assert_eq!(
        lab.sql("mysql-3", "SET time_zone='Europe/Paris'"),
        "ERROR 1235 (42000) at line 1: [Ordinal] valid in MySQL, but this model does not execute \
         it: the time zone Europe/Paris\n"
    );
}
