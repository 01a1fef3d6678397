//! The programs, each with what of its words is secret.

use super::clients::{Client, PLAIN, Takes, Words};

/// `-p`, and what follows.
const P: &[(&str, Takes)] = &[("-p", Takes::Secret)];

pub static CLIENTS: &[Client] = &[
    Client {
        programs: &[
            "mysql",
            "mysqladmin",
            "mysqlbinlog",
            "mysqlcheck",
            "mysqldump",
            "mysqlimport",
            "mysqlpump",
            "mysqlsh",
            "mysqlshow",
            "mysqlslap",
            "mysql_upgrade",
        ],
        prefix: Some("mariadb"),
        options: &[("-p", Takes::Glued)],
        ..PLAIN
    },
    Client { programs: &["sshpass"], options: P, flags: "ve", runs_others: true, ..PLAIN },
    Client {
        programs: &["curl"],
        options: &[
            ("-u", Takes::Pair(':')),
            ("-U", Takes::Pair(':')),
            ("--user", Takes::Pair(':')),
            ("--proxy-user", Takes::Pair(':')),
            ("-b", Takes::Pair('=')),
            ("--cookie", Takes::Pair('=')),
            ("-E", Takes::Pair(':')),
            ("--cert", Takes::Pair(':')),
            ("--proxy-cert", Takes::Pair(':')),
            ("-x", Takes::Login),
            ("--proxy", Takes::Login),
            ("--preproxy", Takes::Login),
            ("-H", Takes::Header),
        ],
        flags: "012346afgijklnpqsvBGIJLNMORSVZ#",
        ..PLAIN
    },
    Client {
        programs: &["http", "https", "xh", "xhs"],
        options: &[("-a", Takes::Secret), ("--auth", Takes::Next)],
        is_common: true,
        ..PLAIN
    },
    Client { programs: &["net"], options: &[("-U", Takes::Pair('%'))], is_common: true, ..PLAIN },
    Client {
        programs: &["smbclient", "smbget", "smbcacls", "smbcquotas", "rpcclient", "winexe"],
        options: &[("-U", Takes::Pair('%')), ("--user", Takes::Pair('%'))],
        flags: "NkPEAgqeLC",
        ..PLAIN
    },
    Client {
        programs: &["lftp"],
        options: &[("-u", Takes::Pair(',')), ("--user", Takes::Pair(','))],
        ..PLAIN
    },
    Client { programs: &["sqlplus", "rman", "expdp", "impdp", "sqlldr"], logs_in: true, ..PLAIN },
    Client { programs: &["isql", "iusql"], words: &[Words::behind(&[], 2)], ..PLAIN },
    Client {
        programs: &[
            "snmpget",
            "snmpgetnext",
            "snmpwalk",
            "snmpbulkget",
            "snmpbulkwalk",
            "snmpset",
            "snmptable",
            "snmptrap",
        ],
        options: &[("-c", Takes::Secret), ("-A", Takes::Secret), ("-X", Takes::Secret)],
        ..PLAIN
    },
    Client {
        programs: &["xfreerdp", "xfreerdp3", "wlfreerdp", "wlfreerdp3"],
        options: &[("/p:", Takes::Glued)],
        ..PLAIN
    },
    Client { programs: &["redis-cli", "valkey-cli"], options: &[("-a", Takes::Secret)], ..PLAIN },
    Client {
        programs: &[
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoexport",
            "mongoimport",
            "mongostat",
            "mongotop",
        ],
        options: P,
        ..PLAIN
    },
    Client {
        programs: &[
            "cqlsh",
            "rdesktop",
            "beeline",
            "cypher-shell",
            "rabbitmqadmin",
            "twine",
            "racadm",
            "ncftp",
            "ncftpget",
            "ncftpput",
            "psexec",
        ],
        options: P,
        ..PLAIN
    },
    Client {
        programs: &["kadmin"],
        prefix: Some("ldap"),
        options: &[("-w", Takes::Secret)],
        flags: "xLvnuAMQIZ",
        ..PLAIN
    },
    Client {
        programs: &[
            "sqlcmd",
            "bcp",
            "zip",
            "unzip",
            "ipmitool",
            "tsql",
            "sqsh",
            "mosquitto_pub",
            "mosquitto_sub",
        ],
        options: &[("-P", Takes::Secret)],
        ..PLAIN
    },
    Client { programs: &["7z", "7za", "7zr", "7zz"], options: &[("-p", Takes::Glued)], ..PLAIN },
    Client { programs: &["rar", "unrar"], options: &[("-p", Takes::Glued), ("-hp", Takes::Glued)], ..PLAIN },
    Client { programs: &["plink", "pscp", "psftp", "nodetool"], options: &[("-pw", Takes::Secret)], ..PLAIN },
    Client { programs: &["useradd", "usermod", "groupadd", "groupmod"], options: P, ..PLAIN },
    // Those that log in by a subcommand.
    Client {
        programs: &[
            "docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "oras", "crane", "az", "cf", "oc",
            "ibmcloud",
        ],
        after: &["login"],
        options: P,
        is_common: true,
        ..PLAIN
    },
    // What the command `az` runs.
    Client { programs: &["azure.cli"], after: &["login"], options: P, ..PLAIN },
    Client {
        programs: &["kubectl", "kustomize", "k3s", "microk8s"],
        after: &["secret"],
        options: &[("--from-literal", Takes::Pair('='))],
        ..PLAIN
    },
    Client { programs: &["etcdctl"], options: &[("--user", Takes::Pair(':'))], ..PLAIN },
    Client {
        programs: &["openssl"],
        options: &[
            ("-k", Takes::Next),
            ("-K", Takes::Next),
            ("-hmac", Takes::Next),
            ("-macopt", Takes::Pair(':')),
        ],
        words: &[Words::behind(&["passwd"], 0)],
        ..PLAIN
    },
    Client {
        programs: &["vault", "bao"],
        words: &[
            Words::behind(&["login", "unwrap", "unseal"], 0),
            Words { has_values: true, ..Words::behind(&["put", "patch"], 1) },
        ],
        is_common: true,
        ..PLAIN
    },
    Client {
        programs: &["htpasswd", "htpasswd2"],
        // Without a file, and with one.
        words: &[
            Words { option: Some('n'), ..Words::behind(&[], 1) },
            Words { option: Some('b'), ..Words::behind(&[], 2) },
        ],
        ..PLAIN
    },
    Client {
        programs: &["rabbitmqctl"],
        words: &[Words::behind(&["add_user", "change_password", "authenticate_user"], 1)],
        ..PLAIN
    },
    Client { programs: &["pulumi"], words: &[Words::behind(&["set"], 0)], ..PLAIN },
    Client { programs: &["rclone"], words: &[Words::behind(&["obscure"], 0)], ..PLAIN },
    Client {
        programs: &["mc", "mcli"],
        words: &[Words::behind(&["set", "add"], 2)],
        is_common: true,
        ..PLAIN
    },
    Client {
        programs: &["nmcli"],
        options: &[
            ("password", Takes::Next),
            ("wifi-sec.psk", Takes::Next),
            ("802-11-wireless-security.psk", Takes::Next),
        ],
        ..PLAIN
    },
    Client { programs: &["ssh-keygen"], options: &[("-N", Takes::Next), ("-P", Takes::Next)], ..PLAIN },
    Client { programs: &["swaks"], options: &[("-ap", Takes::Next)], ..PLAIN },
    Client { programs: &["sendemail", "sendEmail"], options: &[("-xp", Takes::Next)], ..PLAIN },
    Client { programs: &["iwconfig"], options: &[("key", Takes::Next), ("enc", Takes::Next)], ..PLAIN },
    Client { programs: &["wpa_passphrase"], words: &[Words::behind(&[], 1)], ..PLAIN },
    Client {
        programs: &["ngrok"],
        words: &[Words::behind(&["authtoken", "add-authtoken", "add-api-key"], 0)],
        ..PLAIN
    },
    Client { programs: &["cargo"], words: &[Words::behind(&["login"], 0)], is_common: true, ..PLAIN },
    Client {
        programs: &["gh"],
        after: &["secret"],
        options: &[("-b", Takes::Secret), ("--body", Takes::Next)],
        is_common: true,
        ..PLAIN
    },
    Client {
        programs: &["heroku", "flyctl", "fly"],
        words: &[Words { has_values: true, ..Words::behind(&["config:set", "secrets"], 0) }],
        is_common: true,
        ..PLAIN
    },
];
