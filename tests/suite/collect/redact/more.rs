//! Secrets of programs with subcommands, in URLs, headers, connection strings, JSON and SQL, and what only looks
//! like them.

use super::line;

/// What holds a secret, `S` or `T`, and what of it is kept.
const SECRETS: &[(&str, &str)] = &[
    // Behind a subcommand.
    ("docker|login|-u|me|-p|S|registry.host", "docker login -u me -p *** registry.host"),
    ("docker|--context|prod|login|-u|me|-pS", "docker --context prod login -u me -p***"),
    ("sudo|-u|me|podman|login|-p|S|quay.host", "sudo -u me podman login -p *** quay.host"),
    ("podman|login|-p=S", "podman login -p***"),
    ("skopeo|login|-u|me|-p|S|host", "skopeo login -u me -p *** host"),
    (
        "skopeo|copy|--src-creds|me:S|--dest-creds=me:T|a|b",
        "skopeo copy --src-creds me:*** --dest-creds=me:*** a b",
    ),
    ("buildah|push|--creds=me:S|x", "buildah push --creds=me:*** x"),
    ("helm|registry|login|-u|me|-p|S|host", "helm registry login -u me -p *** host"),
    ("az|login|-u|me@host|-p|S", "az login -u me@host -p ***"),
    (
        "az|login|--service-principal|-u|id|-p|S|--tenant|t",
        "az login --service-principal -u id -p *** --tenant t",
    ),
    ("az|acr|login|-n|reg|-u|me|-p|S", "az acr login -n reg -u me -p ***"),
    (
        "/opt/az/bin/python3|-Im|azure.cli|login|-u|me|-p|S",
        "/opt/az/bin/python3 -Im azure.cli login -u me -p ***",
    ),
    (
        "sh|-c|docker login -u me -p S host && docker run -p 80:80 x",
        "sh -c docker login -u me -p *** host && docker run -p 80:80 x",
    ),
    ("oc|login|https://h:6443|-u|me|-p|S", "oc login https://h:6443 -u me -p ***"),
    ("docker|exec|db|mysql|-u|root|-pS|shop", "docker exec db mysql -u root -p*** shop"),
    ("vault|login|S", "vault login ***"),
    ("vault|login|-address=https://h|S", "vault login -address=https://h ***"),
    (
        "vault|login|-method=userpass|username=me|password=S",
        "vault login -method=userpass username=me password=***",
    ),
    ("vault|kv|put|secret/app|api=S|other=T", "vault kv put secret/app api=*** other=***"),
    ("sh|-c|vault login S; ls", "sh -c vault login ***; ls"),
    (
        "kubectl|create|secret|generic|x|--from-literal=user=S|--from-literal|b=T",
        "kubectl create secret generic x --from-literal=user=*** --from-literal b=***",
    ),
    (
        "kubectl|-n|prod|create|secret|generic|x|--from-literal=a=S=",
        "kubectl -n prod create secret generic x --from-literal=a=***",
    ),
    ("openssl|enc|-aes-256-cbc|-k|S|-in|f", "openssl enc -aes-256-cbc -k *** -in f"),
    ("openssl|aes-256-cbc|-d|-K|00ff|-iv|01", "openssl aes-256-cbc -d -K *** -iv 01"),
    ("openssl|enc|-pass|pass:S|-in|f", "openssl enc -pass *** -in f"),
    ("openssl|dgst|-sha256|-hmac|S|f", "openssl dgst -sha256 -hmac *** f"),
    ("openssl|dgst|-mac|HMAC|-macopt|hexkey:00ff|f", "openssl dgst -mac HMAC -macopt hexkey:*** f"),
    ("openssl|passwd|-6|S", "openssl passwd -6 ***"),
    ("pulumi|config|set|--secret|dbPassword|S", "pulumi config set --secret *** ***"),
    ("htpasswd|-b|/etc/x/htpasswd|me|S", "htpasswd -b /etc/x/htpasswd me ***"),
    ("htpasswd|-cbB|f|me|S", "htpasswd -cbB f me ***"),
    ("htpasswd|-nb|me|S", "htpasswd -nb me ***"),
    ("etcdctl|--user|root:S|get|k", "etcdctl --user root:*** get k"),
    ("etcdctl|--user=root:S|get|k", "etcdctl --user=root:*** get k"),
    ("rabbitmqctl|add_user|me|S", "rabbitmqctl add_user me ***"),
    ("rclone|obscure|S", "rclone obscure ***"),
    ("mc|alias|set|x|https://h|AK|S", "mc alias set x https://h *** ***"),
    ("nmcli|dev|wifi|connect|net|password|S", "nmcli dev wifi connect net password ***"),
    ("usermod|-p|S|me", "usermod -p *** me"),
    ("ssh-keygen|-t|ed25519|-N|S|-f|k", "ssh-keygen -t ed25519 -N *** -f k"),
    ("swaks|-a|-au|me|-ap|S", "swaks -a -au me -ap ***"),
    ("wpa_passphrase|net|S", "wpa_passphrase net ***"),
    ("ngrok|config|add-authtoken|S", "ngrok config add-authtoken ***"),
    ("cargo|login|--registry|x|S", "cargo login --registry *** ***"),
    ("gh|secret|set|NAME|-bS", "gh secret set NAME -b***"),
    ("flyctl|secrets|set|A=S|B=T", "flyctl secrets set A=*** B=***"),
    ("npm|config|set|//registry.host/:_authToken|S", "npm config set //registry.host/:_authToken ***"),
    ("poetry|config|pypi-token.pypi|S", "poetry config pypi-token.pypi ***"),
    ("twine|upload|-u|me|-p|S|dist/x", "twine upload -u me -p *** dist/x"),
    ("curl|-x|me:S@proxy:3128|https://h/", "curl -x me:***@proxy:3128 https://h/"),
    ("curl|--proxy|http://me:S@proxy:3128|https://h/", "curl --proxy http://me:***@proxy:3128 https://h/"),
    // Options of curl, ldap and others, several letters in a word.
    ("curl|-b|session=S|https://h/", "curl -b session=*** https://h/"),
    ("curl|-b|a=S; b=T|https://h/", "curl -b a=*** https://h/"),
    ("curl|-bsession=S|https://h/", "curl -bsession=*** https://h/"),
    ("curl|-sSb|session=S|https://h/", "curl -sSb session=*** https://h/"),
    ("curl|--cookie|session=S|https://h/", "curl --cookie session=*** https://h/"),
    ("curl|-sume:S|https://h/", "curl -sume:*** https://h/"),
    ("sh|-c|curl -b 'session=S' https://h/", "sh -c curl -b 'session=***' https://h/"),
    ("sh|-c|curl -u 'me:S T' https://h/", "sh -c curl -u 'me:***' https://h/"),
    ("sqlmap|--cookie=PHPSESSID=S|-u|https://h/", "sqlmap --cookie=PHPSESSID=*** -u https://h/"),
    ("curl|-E|cert.pem:S|https://h/", "curl -E cert.pem:*** https://h/"),
    ("ldapsearch|-xw|S|-D|cn=me", "ldapsearch -xw *** -D cn=me"),
    ("ldapmodify|-x|-wS", "ldapmodify -x -w***"),
    ("sshpass|-p|S|ssh|-p|22|-b|10.0.0.1|host", "sshpass -p *** ssh -p 22 -b 10.0.0.1 host"),
    ("mysql|-uroot|-pS|shop", "mysql -uroot -p*** shop"),
    ("smbclient|//nas/x|-NU|me%S", "smbclient //nas/x -NU me%***"),
    // Headers.
    ("wget|--header=X-Auth-Token: S|https://h/", "wget --header=X-Auth-Token: *** https://h/"),
    ("wget|--header|Api-Session: S|https://h/", "wget --header Api-Session: *** https://h/"),
    (
        r#"sh|-c|wget --header="X-Auth-Token: S" https://h/"#,
        r#"sh -c wget --header="X-Auth-Token: ***" https://h/"#,
    ),
    (
        "sh|-c|curl -sH 'Ocp-Apim-Subscription-Key: S' https://h/",
        "sh -c curl -sH 'Ocp-Apim-Subscription-Key: ***' https://h/",
    ),
    ("curl|-HX-Vault-Token: S|https://h/", "curl -HX-Vault-Token: *** https://h/"),
    ("curl|-H|X-Amz-Security-Token:S|h", "curl -H X-Amz-Security-Token:*** h"),
    ("hey|-H|My-Auth: S T|https://h/", "hey -H My-Auth: *** https://h/"),
    ("wget|--header=Cookie: a=S; b=T|h", "wget --header=Cookie: *** h"),
    // Parameters of URLs.
    (
        "azcopy|cp|https://x.blob.host/c?sv=2022&sp=r&sig=S%3D|.",
        "azcopy cp https://x.blob.host/c?sv=2022&sp=r&sig=*** .",
    ),
    (
        "curl|https://b.s3.host/k?X-Amz-Credential=AK%2F20&X-Amz-Date=1&X-Amz-Signature=S",
        "curl https://b.s3.host/k?X-Amz-Credential=***&X-Amz-Date=1&X-Amz-Signature=***",
    ),
    ("curl|https://h/?access_token=S", "curl https://h/?access_token=***"),
    ("curl|https://h/m?key=S&q=1", "curl https://h/m?key=***&q=1"),
    ("sh|-c|curl 'https://h/?a=1&sig=S'", "sh -c curl 'https://h/?a=1&sig=***'"),
    // Connection strings.
    (
        "app|DefaultEndpointsProtocol=https;AccountName=x;AccountKey=S+T/==;EndpointSuffix=host",
        "app DefaultEndpointsProtocol=https;AccountName=x;AccountKey=***;EndpointSuffix=host",
    ),
    (
        "app|Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=S=",
        "app Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=***",
    ),
    (
        "app|--connection=Server=db,1433;User Id=sa;Pwd=S,T;Encrypt=yes",
        "app --connection=Server=db,1433;User Id=sa;Pwd=***;Encrypt=yes",
    ),
    (
        "app|BlobEndpoint=https://h/;SharedAccessSignature=S",
        "app BlobEndpoint=https://h/;SharedAccessSignature=***",
    ),
    (
        "app|jdbc:sqlserver://h:1433;user=sa;password=S;x=1",
        "app jdbc:sqlserver://h:1433;user=sa;password=***;x=1",
    ),
    // JSON.
    (r#"app|{"password" : "S", "n": 1}"#, r#"app {"password" : *** "n": 1}"#),
    (r#"app|{"user":"me", "password" :"S"}"#, r#"app {"user":"me", "password" :***"#),
    (r#"app|{"tokens": ["S","T"], "n": 1}"#, r#"app {"tokens": ***], "n": 1}"#),
    (r#"app|{"tokens": ["S", "T"], "n": 1}"#, r#"app {"tokens": *** ***], "n": 1}"#),
    (r#"app|{"tokens":["S","T"],"n":1}"#, r#"app {"tokens":***],"n":1}"#),
    (r#"app|{"api_keys":["S", "T"],"n":1}"#, r#"app {"api_keys":*** ***],"n":1}"#),
    (r#"app|{"password":["S"],"n":1}"#, r#"app {"password":***],"n":1}"#),
    (r#"sh|-c|curl -d '{"password" : "S"}' h"#, r#"sh -c curl -d '{"password" : ***' h"#),
    (r#"sh|-c|curl -d "{\"token\": \"S\"}" h"#, r#"sh -c curl -d "{\"token\": ***" h"#),
    ("psql|host = db password = S", "psql host = db password = ***"),
    // SQL.
    ("mysql|-e|ALTER USER x IDENTIFIED BY 'S'", "mysql -e ALTER USER x IDENTIFIED BY '***'"),
    (
        "mysql|-e|create user x@'%' identified by 'S T'; flush privileges",
        "mysql -e create user x@'%' identified by '***'; flush privileges",
    ),
    (
        "mysql|-e|CREATE USER x IDENTIFIED WITH caching_sha2_password BY 'S'",
        "mysql -e CREATE USER x IDENTIFIED WITH caching_sha2_password BY '***'",
    ),
    ("mysql|-e|SET PASSWORD FOR 'x'@'h' = 'S'", "mysql -e SET PASSWORD FOR 'x'@'h' = '***'"),
    ("psql|-c|ALTER ROLE x PASSWORD 'S'", "psql -c ALTER ROLE x PASSWORD '***'"),
    (
        "sh|-c|psql -c \"ALTER ROLE x WITH PASSWORD 'S'\"",
        "sh -c psql -c \"ALTER ROLE x WITH PASSWORD '***'\"",
    ),
    // Variables.
    (
        "env|RESTIC_PASSWORD=S|RESTIC_REPOSITORY=rest:https://me:T@h/|restic|backup",
        "env RESTIC_PASSWORD=*** RESTIC_REPOSITORY=rest:https://me:***@h/ restic backup",
    ),
    (
        "env|RCLONE_CONFIG_X_PASS=S|RCLONE_CONFIG_X_SECRET_ACCESS_KEY=T|rclone|ls|x:",
        "env RCLONE_CONFIG_X_PASS=*** RCLONE_CONFIG_X_SECRET_ACCESS_KEY=*** rclone ls x:",
    ),
    ("env|B2_ACCOUNT_KEY=S|restic|-r|b2:x|snapshots", "env B2_ACCOUNT_KEY=*** restic -r b2:x snapshots"),
];

#[test]
fn more_secrets_are_hidden() {
    let wrong = SECRETS.iter().filter(|(args, expected)| line(args) != *expected);
    let wrong: Vec<_> = wrong.map(|(args, expected)| (args, line(args), expected)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whatever is kept of them, the secrets are not in it.
#[test]
fn no_secret_is_left_in_a_line() {
    let is_left = |args: &&&str| {
        let shown = line(args);
        let mut words = shown.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word == "S" || word == "T")
    };
    let left: Vec<_> = SECRETS.iter().map(|(args, _)| args).filter(is_left).collect();
    assert!(left.is_empty(), "{left:#?}");
    // The quotes of a shell within a shell.
    for script in [
        r#"sh -c 'psql -c "ALTER ROLE x PASSWORD '\''S'\''" db'"#,
        r#"mysql -e "ALTER USER x IDENTIFIED BY \"S\"" db"#,
        r#"psql -c "SELECT set_password(PASSWORD('S'))""#,
        r#"sqlcmd -Q "CREATE LOGIN x WITH PASSWORD = N'S', CHECK_POLICY=OFF""#,
        "psql -c 'ALTER ROLE x PASSWORD $$S$$'",
    ] {
        let shown = line(&format!("sh|-c|{script}"));
        assert!(!shown.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "S"), "{shown}");
    }
}

#[test]
fn more_that_only_looks_like_a_secret_stays() {
    let table = [
        "ps|-p|1",
        "mkdir|-p|a/login",
        "docker|run|-d|-p|80:80|--name|login|x",
        "docker|run|-p|80:80|-u|1000|x|login|-p|1",
        "docker|compose|-p|shop|up",
        "docker|login|-u|me|--password-stdin|host",
        "podman|ps|-p",
        "podman|port|-p|web",
        "helm|upgrade|-n|prod|-f|values.yaml|x|chart",
        "az|vm|list|-g|group|-p|x",
        "az|aks|get-credentials|-n|x",
        "sort|-k|2|-t|:",
        "sort|-k2,2",
        "tar|-b|20|-cf|a.tar|dir",
        "ssh|-b|10.0.0.1|-p|22|host",
        "curl|-b|cookies.txt|-c|jar.txt|https://h/",
        "curl|-sSfL|-o|x|https://h/",
        "curl|-k|https://h/",
        "curl|--cookie-jar|jar.txt|https://h/",
        "wget|--load-cookies|jar.txt|https://h/",
        "curl|-H|Accept: application/json|-H|Content-Type: text/plain|https://h/",
        "wget|--header=Accept: text/html|https://h/",
        "sh|-c|curl -H 'Accept: text/html' https://h/",
        "grep|-H|pattern|file",
        "openssl|x509|-key|k.pem|-keyform|PEM|-in|c.pem",
        "openssl|s_client|-connect|h:443|-servername|h",
        "openssl|enc|-kfile|/run/key|-in|f",
        "htpasswd|-v|/etc/x/htpasswd|me",
        "etcdctl|--user|root|get|k",
        "etcdctl|--endpoints=https://h:2379|get|k",
        "kubectl|create|configmap|x|--from-literal=a=b",
        "kubectl|get|secret|db|-o|yaml",
        "kubectl|exec|-it|pod|--|ls|-p",
        "vault|status|-address=https://h",
        "vault|kv|get|secret/app",
        "vault|server|-config|vault.hcl",
        "mysql|-u|root|vault|-e|select 1",
        "rclone|sync|a:b|c:d",
        "restic|-r|/srv/repo|backup|/home",
        "useradd|-m|-G|wheel|me",
        "xargs|-P|4|-n|1",
        "ssh-keygen|-t|rsa|-f|k",
        "cargo|build|--release|-p|login",
        "gh|pr|create|-b|text|-t|title",
        "curl|-x|proxy:3128|https://h/",
        "docker|pull|host/x:1.2@sha256:0123",
        "npm|config|set|registry|https://h/",
        "git|push|origin|HEAD:refs/heads/x",
        "app|https://h/?page=2&q=signature&sort=key",
        "app|--sig=9|--signature=x.asc|key=1",
        "app|https://h/?monkey=1",
        "app|a=1;b=2;c=3",
        r#"app|{"max_tokens": 100, "tokens": 5, "keys": [1, 2]}"#,
        r#"app|{"name" : "x", "list": ["a", "b"]}"#,
        "psql|-c|select 'x' as a, password from users",
        "psql|-c|select identified from users where a = 'b'",
        "mysql|-e|show columns from password where a = 'b'",
        "sh|-c|echo 'the password is in a file'",
        "sh|-c|cat token; wc -l > out",
        "env|RESTIC_PASSWORD_FILE=/run/x|RCLONE_CONFIG=/etc/rclone.conf|restic|check",
    ];
    let wrong = table.iter().filter(|args| line(args) != args.replace('|', " "));
    let wrong: Vec<_> = wrong.map(|args| (args, line(args))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// In a script the secret stands before the command that it is for.
#[test]
fn what_is_piped_into_who_asks_for_a_secret_is_hidden() {
    let scripts = [
        ("echo root:S | chpasswd", "echo *** | chpasswd"),
        ("echo 'root:S'|sudo chpasswd -e; ls", "echo ***|sudo chpasswd -e; ls"),
        (
            "set -e; printf '%s' S | docker login -u me --password-stdin h",
            "set -e; printf *** | docker login -u me --password-stdin h",
        ),
        ("echo -n S | sudo -S id && echo done | cat", "echo -n *** | sudo -S id && echo done | cat"),
        ("ssh h \"echo a:S | /usr/sbin/chpasswd\"", "ssh h \"echo *** | /usr/sbin/chpasswd\""),
        ("echo S | tr -d x | passwd --stdin me", "echo *** | passwd --stdin me"),
        (
            "echo S | gpg --passphrase-fd 0 -c f; echo T | kinit me",
            "echo *** | gpg --passphrase-fd 0 -c f; echo *** | kinit me",
        ),
        // And what only looks so.
        ("echo hello | grep -S x", "echo hello | grep -S x"),
        ("cat f | sudo tee g", "cat f | sudo tee g"),
        ("chpasswd <f", "chpasswd <f"),
        ("myecho x | chpasswd", "myecho x | chpasswd"),
    ];
    for (script, kept) in scripts {
        let said = sysray::collect::command_line([&b"sh"[..], b"-c", script.as_bytes()]);
        assert_eq!(said, format!("sh -c {kept}"), "{script}");
    }
}
