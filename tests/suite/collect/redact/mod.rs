//! Command lines: what is hidden, and what only looks like it.
#![allow(clippy::unwrap_used)]

mod more;

use sysray::collect::command_line;

/// Arguments stand apart by `|`.
fn line(args: &str) -> String {
    command_line(args.split('|').map(str::as_bytes))
}

#[test]
fn secrets_are_hidden() {
    let table = [
        // Options.
        ("app|--password=hunter2", "app --password=***"),
        ("app|--password|hunter2|--verbose", "app --password *** --verbose"),
        ("app|--password=two words", "app --password=***"),
        ("app|--password|two words", "app --password ***"),
        ("app|-password|hunter2", "app -password ***"),
        ("app|--db-password=a=b&c", "app --db-password=***"),
        ("app|--token|abc", "app --token ***"),
        ("app|--auth_token=abc", "app --auth_token=***"),
        ("app|--client-secret=abc", "app --client-secret=***"),
        ("app|--clientSecret=abc", "app --clientSecret=***"),
        ("app|--api-key|abc", "app --api-key ***"),
        ("app|--apikey=abc", "app --apikey=***"),
        ("app|--secret-key=abc", "app --secret-key=***"),
        ("app|--passphrase|abc", "app --passphrase ***"),
        ("app|--password2=abc", "app --password2=***"),
        (
            "java|-Dspring.datasource.password=abc|-jar|a.jar",
            "java -Dspring.datasource.password=*** -jar a.jar",
        ),
        ("helm|--set|db.password=abc", "helm --set db.password=***"),
        ("helm|--set=db.password=abc", "helm --set=db.password=***"),
        // Clients with options of their own.
        ("mysql|-u|root|-phunter2|shop", "mysql -u root -p*** shop"),
        ("/usr/bin/mysqldump|-psecret=1|shop", "/usr/bin/mysqldump -p*** shop"),
        ("mysqladmin|-pmy secret|ping", "mysqladmin -p*** ping"),
        ("mariadb-dump|-pabc", "mariadb-dump -p***"),
        ("sudo|mysql|-pabc", "sudo mysql -p***"),
        ("sshpass|-p|abc|ssh|-p|22|host", "sshpass -p *** ssh -p 22 host"),
        ("sshpass|-pabc|ssh|-p22|host", "sshpass -p*** ssh -p22 host"),
        ("redis-cli|-h|db|-a|abc|ping", "redis-cli -h db -a *** ping"),
        ("mongosh|-u|me|-p|abc", "mongosh -u me -p ***"),
        ("ldapsearch|-x|-w|abc|-D|cn=me", "ldapsearch -x -w *** -D cn=me"),
        ("curl|-u|me:abc|https://host/", "curl -u me:*** https://host/"),
        ("curl|-ume:abc|https://host/", "curl -ume:*** https://host/"),
        ("curl|-sSu|me:abc|https://host/", "curl -sSu me:*** https://host/"),
        ("curl|--user|me:a:b|https://host/", "curl --user me:*** https://host/"),
        ("curl|--user=me:abc|https://host/", "curl --user=me:*** https://host/"),
        ("curl|--proxy-user|me:abc", "curl --proxy-user me:***"),
        ("http|-a|me:abc|https://host/", "http -a *** https://host/"),
        ("https|-A|bearer|-a|abc|host", "https -A bearer -a *** host"),
        ("curl|--proto-default|https|-u|me:abc|host", "curl --proto-default https -u me:*** host"),
        ("curl|https://h/api/net|-u|me:abc", "curl https://h/api/net -u me:***"),
        ("mysql|-u|root|exp|-pabc", "mysql -u root exp -p***"),
        ("redis-cli|-h|net|-a|abc", "redis-cli -h net -a ***"),
        ("curl|-u|sk_live_0123456789abcdef:|h", "curl -u *** h"),
        ("curl|-u|0123456789abcdef0123:|h", "curl -u *** h"),
        ("curl|-ughp_0123456789abcdefghij:x|h", "curl -ughp_***:*** h"),
        ("smbclient|//nas/x|-U|me%abc", "smbclient //nas/x -U me%***"),
        ("net|rpc|-Ume%abc|user", "net rpc -Ume%*** user"),
        ("lftp|-u|me,abc|ftp.host", "lftp -u me,*** ftp.host"),
        ("sqlplus|-S|scott/tiger@db|@run.sql", "sqlplus -S scott/***@db @run.sql"),
        ("sqlplus|scott/\"p@ss\"@db", "sqlplus scott/***@db"),
        ("sqlplus|scott/\"p@ss\"", "sqlplus scott/***"),
        ("/opt/oracle/bin/expdp|scott/tig@er@db", "/opt/oracle/bin/expdp scott/***@db"),
        ("snmpwalk|-v2c|-c|abc|host", "snmpwalk -v2c -c *** host"),
        ("snmpget|-v3|-u|me|-Aabc|-X|def|host", "snmpget -v3 -u me -A*** -X *** host"),
        ("xfreerdp|/u:me|/p:abc|/v:host", "xfreerdp /u:me /p:*** /v:host"),
        ("mosquitto_pub|-u|me|-P|abc|-t|x", "mosquitto_pub -u me -P *** -t x"),
        ("cqlsh|-u|me|-p|abc", "cqlsh -u me -p ***"),
        ("nodetool|-u|me|-pw|abc|status", "nodetool -u me -pw *** status"),
        ("openssl|rsa|-passin|pass:abc|-in|k", "openssl rsa -passin pass:*** -in k"),
        ("keytool|-list|-storepass|abc", "keytool -list -storepass ***"),
        (
            "redis-server|--requirepass|abc|--masterauth|def",
            "redis-server --requirepass *** --masterauth ***",
        ),
        ("openssl|rsa|-passin|pass:my secret pw", "openssl rsa -passin pass:***"),
        ("sh|-c|openssl rsa -passin pass:abc", "sh -c openssl rsa -passin pass:***"),
        ("app|--basic-auth=me:abc", "app --basic-auth=me:***"),
        ("app|--basic-auth|me:abc|x", "app --basic-auth me:*** x"),
        ("app|--auth=password=abc", "app --auth=password=***"),
        ("app|--auth=token=abc,url=https://h/", "app --auth=token=***"),
        ("net|rpc|--basic-auth=me:abc", "net rpc --basic-auth=me:***"),
        (
            "kubectl|create|secret|generic|x|--from-literal=password=abc",
            "kubectl create secret generic x --from-literal=password=***",
        ),
        ("aws|configure|set|aws_secret_access_key|abc", "aws configure set aws_secret_access_key ***"),
        (
            "ansible-playbook|-e|ansible_become_pass=abc|x.yml",
            "ansible-playbook -e ansible_become_pass=*** x.yml",
        ),
        ("npm|config|set|//registry.host/:_authToken=abc", "npm config set //registry.host/:_authToken=***"),
        (
            "aws|configure|set|profile.x.aws_session_token|abc",
            "aws configure set profile.x.aws_session_token ***",
        ),
        // Tokens by how they begin.
        ("app|hvs.CAESIJ0123456789abcdef", "app hvs.***"),
        ("vault|login|hvs.CAESIJ0123456789abcdef", "vault login ***"),
        ("gh|x|ghp_0123456789abcdefghijABCDEFGHIJ012345", "gh x ghp_***"),
        ("app|key:glpat-0123456789abcdefgh,x", "app key:glpat-***,x"),
        ("app|AKIAIOSFODNN7EXAMPLE", "app AKIA***"),
        ("app|xoxb-123456789012-abcdefABCDEF", "app xoxb-***"),
        ("app|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF_-123456", "app eyJ***"),
        // Variables.
        ("env|PGPASSWORD=abc|psql", "env PGPASSWORD=*** psql"),
        ("env|PGPASSWORD=a b|psql", "env PGPASSWORD=*** psql"),
        ("env|MYSQL_PWD=abc|mysql", "env MYSQL_PWD=*** mysql"),
        ("docker|run|-e|AWS_SECRET_ACCESS_KEY=abc|x", "docker run -e AWS_SECRET_ACCESS_KEY=*** x"),
        ("docker|run|-eGITHUB_TOKEN=abc|x", "docker run -eGITHUB_TOKEN=*** x"),
        ("docker|run|--env=API_KEY=abc|x", "docker run --env=API_KEY=*** x"),
        ("env|AWS_ACCESS_KEY_ID=abc|x", "env AWS_ACCESS_KEY_ID=*** x"),
        // URLs.
        ("psql|postgres://me:abc@db:5432/shop", "psql postgres://me:***@db:5432/shop"),
        ("app|--url=amqp://me:a@b@mq/", "app --url=amqp://me:***@mq/"),
        ("app|DATABASE_URL=mysql://me:abc@db/x?y=1", "app DATABASE_URL=mysql://me:***@db/x?y=1"),
        ("app|redis://:abc@cache:6379/0", "app redis://:***@cache:6379/0"),
        ("app|postgres://me:a/b@db/x", "app postgres://me:***@db/x"),
        ("git|clone|https://ghp_0123456789abcdefghij@host/x", "git clone https://***@host/x"),
        ("app|http://a:b@h1/,http://c:d@h2/", "app http://a:***@h1/,http://c:***@h2/"),
        ("curl|https://host/?a=1&token=abc&b=2", "curl https://host/?a=1&token=***&b=2"),
        ("app|Server=db;Password=abc;Database=x", "app Server=db;Password=***;Database=x"),
        ("app|host=db password=abc dbname=x", "app host=db password=*** dbname=x"),
        // Headers.
        ("curl|-H|Authorization: Bearer abc", "curl -H Authorization: Bearer ***"),
        ("curl|-H|authorization: abc def", "curl -H authorization: ***"),
        ("curl|--header=Authorization: Basic abc==", "curl --header=Authorization: Basic ***"),
        ("curl|-H|X-Api-Key: abc", "curl -H X-Api-Key: ***"),
        ("curl|-H|X-Auth-Token:abc", "curl -H X-Auth-Token:***"),
        ("curl|-H|Cookie: a=b; c=d", "curl -H Cookie: ***"),
        // JSON.
        (r#"app|{"user":"me","password":"a b","n":1}"#, r#"app {"user":"me","password":***,"n":1}"#),
        (r#"app|{"API_TOKEN": "abc", "HOME": "/root"}"#, r#"app {"API_TOKEN": *** "HOME": "/root"}"#),
        (r#"app|{"user":"x","password": "abc"}"#, r#"app {"user":"x","password": ***"#),
        (r#"app|{"a":{"api_key": "abc"}}"#, r#"app {"a":{"api_key": ***"#),
        // Scripts.
        ("sh|-c|mysql -u root -pabc shop", "sh -c mysql -u root -p*** shop"),
        ("sh|-c|PGPASSWORD=abc psql -h db", "sh -c PGPASSWORD=*** psql -h db"),
        ("sh|-c|PGPASSWORD='a b' psql -h db", "sh -c PGPASSWORD=*** psql -h db"),
        ("bash|-lc|echo $(mysqldump -pabc shop)", "bash -lc echo $(mysqldump -p*** shop)"),
        (
            r#"sh|-c|curl -H "Authorization: Bearer abc" https://h/"#,
            r#"sh -c curl -H "Authorization: Bearer ***" https://h/"#,
        ),
        ("sh|-c|sh -c 'mysql -pabc' && date", "sh -c sh -c 'mysql -p***' && date"),
        ("sh|-c|app --token abc\nnext", "sh -c app --token *** next"),
        ("ssh|host|PGPASSWORD=a b", "ssh host PGPASSWORD=***"),
    ];
    let wrong = table.iter().filter(|(args, expected)| line(args) != *expected);
    let wrong: Vec<_> = wrong.map(|(args, _)| (args, line(args))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    let table = [
        "mkdir|-p|dir",
        "mkdir|-pv|dir",
        "ssh|-p|22|host",
        "ssh|-p22|host",
        "mysql|-P|3306|-h|db|shop",
        "mysql|-p|shop",
        "mysql|--port=3306|--protocol=tcp",
        "mysql|--password|--host=db",
        "sh|-c|mysql -e 'select 1'; mkdir -pv dir",
        "docker|run|-p|80:80|-u|1000:1000|x",
        "ps|-u|me",
        "sudo|-u|me:group|x",
        "curl|-u|me|https://host/",
        "curl|-sS|-o|out|https://host:8080/a:b",
        "app|--password-file=/run/secrets/db",
        "app|--token-file|/run/token",
        "docker|login|--password-stdin",
        "chrome|--password-store=basic",
        "app|--max-tokens=100",
        "app|--tokenizer=x",
        "env|PASSWORD_FILE=/run/x|SECRET_NAME=y|app",
        "env|PWD=/home/me|OLDPWD=/|KEYBOARD=us|KEYMAP=de|TOKENIZERS_PARALLELISM=false",
        "ssh|git@host",
        "git|clone|ssh://git@host:22/x",
        "scp|me@host:/a|b",
        "docker|pull|registry:5000/token:latest",
        "dd|if=/dev/zero|of=x|bs=1M",
        "sort|-k|2",
        "net|-u|me",
        "python|train.py|--name|exp|--data|data/coco.yaml",
        "rsync|-a|exp|host:/srv/x",
        "ffmpeg|-af|highpass=f=200,lowpass=f=3000",
        "x264|--slow-firstpass|in.y4m",
        "pip|hf_transfer-0.1.8-cp38-abi3-manylinux_2_17_x86_64.whl",
        "pip|pypi-attestations-0.0.21-py3-none.whl",
        "app|ASIA-PACIFIC-SOUTHEAST-REGION",
        "sqlplus|/nolog|@/home/me/run.sql",
        "sqlplus|-S|/|as|sysdba",
        "snmpwalk|-v2c|host",
        "openssl|rsa|-passin|env:X|-passout|file:/run/x",
        "qemu|--compass=1|--bypass|x",
        "app|--auth=none|--require-auth",
        "aws|s3|ls|aws_session",
        "app|npm_config_cache|pypi-server|sk-learn|eyJust.a.name",
        "app|risk-0123456789012345678901234567890123456789",
        "gpg|--key-server=x",
        "app|https://host/path@v2",
        "app|https://host:443/path@v2",
        "app|--time=12:30:00",
        "app|don't|can't",
        "kubectl|get|secret|db",
        "app|--monkey|x",
        "app||",
    ];
    let wrong = table.iter().filter(|args| line(args) != args.replace('|', " "));
    let wrong: Vec<_> = wrong.map(|args| (args, line(args))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_line_stays_a_line_and_is_no_longer_than_1024_bytes() {
    assert_eq!(
        command_line([&b"a\tb\nc\r"[..], b"\x1b[2J", b"\xc2\x85", b"caf\xe9"]),
        "a b c \u{fffd}[2J \u{fffd} caf\u{fffd}"
    );
    let long = "é".repeat(3000);
    let shown = command_line([&b"x"[..], long.as_bytes()]);
    assert_eq!(shown.len(), 1024);
    assert!(shown.ends_with('é'));
    let odd = command_line([long.as_bytes(), b"x", long.as_bytes()]);
    assert!(odd.len() <= 1024 && odd.starts_with('é'));
    assert_eq!(command_line([]), "");
}

/// Odd ends of quotes, backslashes and characters of several bytes have no place to fall from.
#[test]
fn no_text_is_too_odd() {
    let pieces = [
        "'",
        "\"",
        "\\",
        "é",
        " ",
        "=",
        ":",
        "://",
        "@",
        "-p",
        "mysql",
        "token",
        "{",
        "&",
        "-",
        "-D",
        "curl",
        "-u",
        "Cookie:",
        "ghp_0123456789abcdefghij",
        "eyJ",
        "sqlplus",
        "/",
        "%",
        "pass:",
        "--auth=",
        "--auth",
        "net",
        "-U",
        "[",
        "PASSWORD '",
        "identified by",
        "$$",
        "vault",
        "login",
        "htpasswd",
        "-b",
        "--header=",
        ";",
        "echo ",
        "|chpasswd",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = format!("{a}{b}{c}");
                command_line([&b"sh"[..], b"-c", text.as_bytes()]);
                command_line([a.as_bytes(), b.as_bytes(), c.as_bytes()]);
                command_line([format!("{a} {b} {c}").as_bytes()]);
            }
        }
    }
}

/// What `[collect.process] cmdline` keeps of a process.
#[test]
#[cfg(target_os = "linux")]
fn of_the_program_alone_nothing_behind_it_is_kept() {
    use super::process::{BOOT, Tree};
    use sysray::collect::{Cmdline, Collector, ProcessCollector, Settings};
    use sysray::schema::Sample;

    let tree = Tree::new();
    tree.stat(7, "psql", 1, [1, 1], 250);
    tree.file("7/cmdline", "/usr/bin/psql\0--host=db\0secret\0");
    tree.stat(8, "postgres", 1, [1, 1], 250);
    tree.file("8/cmdline", "postgres: alice secret [local] idle\0");
    let kept = |cmdline| {
        let settings = Settings { cmdline, ..Settings::default() };
        let (mut sample, mut host) = (Sample::default(), tree.host());
        host.boot = Some(BOOT);
        ProcessCollector::new(&settings).collect(&mut host, &mut sample).unwrap();
        sample.process.iter().map(|row| row.cmdline.as_deref().map(str::to_string)).collect::<Vec<_>>()
    };
    let texts = |texts: [&str; 2]| texts.map(|text| Some(text.to_string())).to_vec();
    assert_eq!(kept(Cmdline::Program), texts(["/usr/bin/psql", "postgres:"]));
    assert_eq!(kept(Cmdline::None), [None, None]);
    assert_eq!(kept(Cmdline::Redacted)[0].as_deref(), Some("/usr/bin/psql --host=db secret"));
}
