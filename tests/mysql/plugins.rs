//! How servers of 5.7, 8.0 and 8.4 check who somebody is, and which clients they do not understand.
//! The texts of 2059 and 2061 are of published errors; 1524 is of errmsg-utf8.txt.

use super::lab::Lab;

const NO_PLUGIN: &str = "ERROR 2059 (HY000): Authentication plugin 'caching_sha2_password' cannot \
                         be loaded: /usr/lib/mysql/plugin/caching_sha2_password.so: cannot open \
                         shared object file: No such file or directory\n";
const INSECURE: &str = "ERROR 2061 (HY000): Authentication plugin 'caching_sha2_password' reported \
                        error: Authentication requires secure connection.\n";

/// A server of one image and a client of another.
fn pair(server: &'static str, options: &str, client: &'static str) -> Lab {
    let mut lab = Lab::new();
    lab.image = server;
    lab.pod("mysql-0", &format!("server-id=100\n{options}"));
    lab.image = client;
    lab.pod("mysql-1", "server-id=101");
    lab.run_for(40_000);
    lab
}

fn asked(lab: &mut Lab, arguments: &[&str]) -> String {
    let argv = [&["mysql", "-h", "mysql-0.mysql", "-N"], arguments, &["-e", "SELECT 1"]].concat();
    let warning = "mysql: [Warning] Using a password on the command line interface can be \
                   insecure.\n";
    lab.exec("mysql-1", &argv).1.replace(warning, "")
}

#[test]
fn clients_before_5_7_23_do_not_know_the_plugin_of_8_0() {
    let native = "default_authentication_plugin=mysql_native_password";
    let rows = [
        ("mysql:8.0.28", "", "mysql:5.7.22", NO_PLUGIN),
        ("mysql:8.0.28", native, "mysql:5.7.22", "1\n"),
        ("mysql:8.0.28", "", "mysql:5.7.36", "1\n"),
        ("mysql:5.7.36", "", "mysql:5.7.22", "1\n"),
    ];
    for (server, options, client, want) in rows {
        let mut lab = pair(server, options, client);
        assert_eq!(asked(&mut lab, &[]), want, "{server} {options} {client}");
    }
}

#[test]
fn a_password_goes_over_tls_or_is_known_already() {
    let mut lab = pair("mysql:8.0.28", "", "mysql:8.0.28");
    lab.sql("mysql-0", "CREATE USER app IDENTIFIED BY 'x'");
    let plain = ["-uapp", "-px", "--ssl-mode=DISABLED"];
    assert_eq!(asked(&mut lab, &plain), INSECURE);
    let with_key = [&plain[..], &["--get-server-public-key"]].concat();
    assert_eq!(asked(&mut lab, &with_key), "1\n");
    assert_eq!(asked(&mut lab, &plain), "1\n", "its hash is in the cache now");
    lab.sql("mysql-0", "FLUSH PRIVILEGES");
    assert_eq!(asked(&mut lab, &plain), INSECURE);
    assert_eq!(asked(&mut lab, &["-uapp", "-px"]), "1\n");
    let plugin = lab.sql("mysql-0", "SELECT plugin FROM mysql.user WHERE User='app'");
    assert_eq!(plugin, "plugin\ncaching_sha2_password\n");
}

#[test]
fn a_replica_of_5_7_asks_8_0_without_tls() {
    let rows = [
        ("IDENTIFIED BY 'x'", "", "Slave_IO_Running=Connecting Last_IO_Errno=2061"),
        ("IDENTIFIED BY 'x'", ", MASTER_SSL=1", "Slave_IO_Running=Yes Last_IO_Errno=0"),
        ("IDENTIFIED BY ''", "", "Slave_IO_Running=Yes Last_IO_Errno=0"),
        (
            "IDENTIFIED WITH mysql_native_password BY 'x'",
            "",
            "Slave_IO_Running=Yes Last_IO_Errno=0",
        ),
    ];
    for (how, more, want) in rows {
        let mut lab = pair("mysql:8.0.28", "", "mysql:5.7.36");
        let account = format!("CREATE USER r {how}; GRANT REPLICATION SLAVE ON *.* TO r");
        assert_eq!(lab.sql("mysql-0", &account), "");
        let password = if how.ends_with("'x'") { "x" } else { "" };
        let follow = format!(
            "CHANGE MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_USER='r', \
             MASTER_PASSWORD='{password}'{more}; START SLAVE"
        );
        lab.sql("mysql-1", &follow);
        lab.run_for(2_000);
        let said = lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Errno"]);
        assert_eq!(said, want, "{how}{more}");
    }
}

#[test]
fn a_plugin_that_is_not_there_makes_no_account() {
    let none =
        |name: &str| format!("ERROR 1524 (HY000) at line 1: Plugin '{name}' is not loaded\n");
    let (native, sha2) = ("mysql_native_password", "caching_sha2_password");
    let rows = [
        ("mysql:5.7.36", "", native, String::new()),
        ("mysql:5.7.36", "", sha2, none(sha2)),
        ("mysql:8.0.28", "", native, String::new()),
        ("mysql:8.4.6", "", native, none(native)),
        ("mysql:8.4.6", "mysql_native_password=ON", native, String::new()),
        ("mysql:8.4.6", "", sha2, String::new()),
        ("mysql:latest", "", native, none(native)),
    ];
    for (image, options, plugin, want) in rows {
        let mut lab = pair(image, options, image);
        let said = lab.sql("mysql-0", &format!("CREATE USER x IDENTIFIED WITH {plugin} BY 'y'"));
        assert_eq!(said, want, "{image} {options}");
    }
}
