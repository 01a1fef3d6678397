//! Programs whose short options hold secrets. The same letter is harmless elsewhere (`mkdir -p`,
//! `ssh -p 22`), so it counts only behind these.

/// A program, or several of one kind, and the option.
pub struct Client {
    programs: &'static [&'static str],
    /// Programs whose names begin so are of the kind too.
    prefix: Option<&'static str>,
    options: &'static [&'static str],
    /// The secret may be the next word. With MySQL's it never is: there that is a database.
    pub takes_next: bool,
    /// The value is a user and a password, and what stands between them.
    pub takes_user: Option<char>,
    /// The first word that is no option is `user/password` or `user/password@database`.
    pub logs_in: bool,
    /// Its name is a common word, and is only that where a command stands.
    pub is_common: bool,
    /// It runs another program, whose options are not its own.
    pub runs_others: bool,
}

const PLAIN: Client = Client {
    programs: &[],
    prefix: None,
    options: &["-p"],
    takes_next: true,
    takes_user: None,
    logs_in: false,
    is_common: false,
    runs_others: false,
};

static CLIENTS: [Client; 17] = [
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
        takes_next: false,
        ..PLAIN
    },
    Client { programs: &["sshpass"], runs_others: true, ..PLAIN },
    Client {
        programs: &["curl"],
        options: &["-u", "-U", "--user", "--proxy-user"],
        takes_user: Some(':'),
        ..PLAIN
    },
    Client { programs: &["http", "https"], options: &["-a", "--auth"], is_common: true, ..PLAIN },
    Client { programs: &["net"], options: &["-U"], takes_user: Some('%'), is_common: true, ..PLAIN },
    Client {
        programs: &["smbclient", "smbget", "rpcclient", "winexe"],
        options: &["-U", "--user"],
        takes_user: Some('%'),
        ..PLAIN
    },
    Client { programs: &["lftp"], options: &["-u", "--user"], takes_user: Some(','), ..PLAIN },
    Client {
        programs: &["sqlplus", "rman", "expdp", "impdp", "sqlldr"],
        options: &[],
        logs_in: true,
        ..PLAIN
    },
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
        options: &["-c", "-A", "-X"],
        ..PLAIN
    },
    Client {
        programs: &["xfreerdp", "xfreerdp3", "wlfreerdp", "wlfreerdp3"],
        options: &["/p:"],
        takes_next: false,
        ..PLAIN
    },
    Client { programs: &["redis-cli"], options: &["-a"], ..PLAIN },
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
        ..PLAIN
    },
    Client { programs: &["cqlsh", "rdesktop"], ..PLAIN },
    Client { programs: &[], prefix: Some("ldap"), options: &["-w"], ..PLAIN },
    Client {
        programs: &["sqlcmd", "bcp", "zip", "unzip", "ipmitool", "mosquitto_pub", "mosquitto_sub"],
        options: &["-P"],
        ..PLAIN
    },
    Client { programs: &["7z", "7za", "7zr"], takes_next: false, ..PLAIN },
    Client { programs: &["plink", "pscp", "psftp", "nodetool"], options: &["-pw"], ..PLAIN },
];

/// curl's options of one letter that take no value and may stand before `-u` in one word.
const CURL_FLAGS: &str = "0123446afgijklnpqsvBGIJLNMORSVZ#";

impl Client {
    /// What follows the option within a word that begins with it; nothing where the word is the option.
    pub fn rest_of_option<'w>(&self, word: &'w str) -> Option<&'w str> {
        if word.starts_with("--") {
            return None;
        }
        self.options.iter().find_map(|option| word.strip_prefix(option))
    }
}

/// The client that a program's name, without folder, stands for.
pub fn of_program(name: &str) -> Option<&'static Client> {
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let of = |c: &&Client| c.programs.contains(&name) || c.prefix.is_some_and(|p| name.starts_with(p));
    CLIENTS.iter().filter(|_| is_name).find(of)
}

/// Where the word is the option of a client behind which a user and a password follow, what stands between them.
pub fn user_option(client: Option<&Client>, word: &str) -> Option<char> {
    let client = client?;
    let between = client.takes_user?;
    let is_cluster = || {
        let flags = word.strip_prefix('-').and_then(|flags| flags.strip_suffix(['u', 'U']));
        flags.is_some_and(|flags| flags.chars().all(|flag| CURL_FLAGS.contains(flag)))
    };
    let is_option = client.options.contains(&word) || (client.programs.contains(&"curl") && is_cluster());
    is_option.then_some(between)
}
