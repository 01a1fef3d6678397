//! The configuration: which value holds, where it came from, and what each mistake is told as.
//!
//! `config` is the one helper: the program over a file of that text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sysray::collect::{Cmdline, Settings};
use sysray::record::{DEFAULT_BUDGET_PCT, Standing};
use sysray::store::Keep;
use sysray::time::parse_duration;
use tempfile::TempDir;

use crate::cli::Sysray;

const EXAMPLE: &str = include_str!("../../config/sysray.toml.example");

/// A file of that text.
fn file(text: impl AsRef<[u8]>) -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("sysray.toml"), text).unwrap();
    dir
}

/// A command that is given the file of that folder.
fn config(dir: &TempDir, words: &[&str]) -> Sysray {
    Sysray::new(words).env("SYSRAY_CONFIG", dir.path().join("sysray.toml"))
}

/// What is wrong with a file of that text: each line, without the file's name.
fn mistakes(text: impl AsRef<[u8]>) -> Vec<String> {
    let dir = file(text);
    let (code, said) = config(&dir, &["config", "check"]).fails();
    assert_eq!(code, 2, "{said}");
    let before = format!("sysray: {}", dir.path().join("sysray.toml").display());
    said.lines().map(|line| line.strip_prefix(&before).unwrap_or(line).to_string()).collect()
}

/// Key, value and origin of `config show`.
fn shown(command: Sysray) -> BTreeMap<String, (String, String)> {
    let text = command.prints();
    let rows = text.lines().skip(2).map(|line| line.split(" | ").map(str::trim).collect::<Vec<_>>());
    rows.map(|row| (row[0].to_string(), (row[1].to_string(), row[2].to_string()))).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn the_example_is_what_the_declarations_say() {
    let made = Sysray::new(&["config", "example"]).prints();
    assert_eq!(made, EXAMPLE, "write it anew: sysray config example > config/sysray.toml.example");
}

#[test]
fn a_mistyped_variable_is_told_with_the_one_that_was_meant() {
    let mistyped = |words| Sysray::new(words).env("SYSRAY_BUDGTE", "5%").env("SYSRAY_OWN_SCRIPT", "1");
    let (code, said) = mistyped(&["config", "check"]).fails();
    assert_eq!(
        (code, said.as_str()),
        (2, "sysray: no key has the variable SYSRAY_BUDGTE; did you mean SYSRAY_BUDGET?\n")
    );
    let shown = String::from_utf8(mistyped(&["config", "show"]).run().stderr).unwrap();
    assert_eq!(shown.matches("SYSRAY_BUDGTE").count(), 1, "{shown}");
    assert!(shown.contains("SYSRAY_OWN_SCRIPT"), "{shown}");
    let dir = TempDir::new().unwrap();
    let recorded = mistyped(&["record", "-c", "1", "-i", "50ms"]).store(dir.path()).run();
    let said = String::from_utf8(recorded.stderr).unwrap();
    assert!(recorded.status.success() && said.contains("did you mean SYSRAY_BUDGET?"), "{said}");
}

#[test]
fn every_key_of_the_example_can_be_used_as_it_stands() {
    let used: String = EXAMPLE
        .lines()
        .map(|line| {
            line.strip_prefix('#').filter(|key| !key.starts_with(' ') && !key.is_empty()).unwrap_or(line)
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let dir = file(&used);
    config(&dir, &["config", "check"]).prints();
    let rows = shown(config(&dir, &["config", "show"]));
    assert!(rows.len() > 30);
    for (key, (_, from)) in &rows {
        assert!(from.contains("sysray.toml:"), "{key} is not in the example: {from}");
    }
}

#[test]
fn defaults_are_those_of_the_rooms() {
    let rows = shown(Sysray::new(&["config", "show"]));
    let value = |key: &str| rows[key].0.clone();
    let time = |key: &str| parse_duration(&value(key)).unwrap();
    let settings = Settings::default();
    assert_eq!(time("collect.process.idle_interval"), settings.idle_process);
    assert_eq!(time("collect.cgroup.limits_interval"), settings.cgroup_limits);
    assert_eq!(time("collect.cgroup.stat_interval"), settings.cgroup_stat);
    assert_eq!(value("collect.process.pss"), settings.wants_pss.to_string());
    assert_eq!(
        (value("collect.process.cmdline").as_str(), settings.cmdline),
        ("redacted", Cmdline::Redacted)
    );
    assert_eq!(value("collect.process_exit.enabled"), settings.wants_exits.to_string());
    assert_eq!(value("collect.kernel_log.enabled"), settings.wants_kernel_log.to_string());
    for key in rows.keys() {
        let Some(name) = key.strip_prefix("collect.").and_then(|key| key.strip_suffix(".interval")) else {
            continue;
        };
        match settings.intervals.get(name) {
            Some(interval) => assert_eq!(time(key), *interval, "{key}"),
            None => assert_eq!(value(key), "every tick", "{key}"),
        }
    }
    let standing = Standing::default();
    assert_eq!(value("record.nice"), standing.nice.unwrap().to_string());
    assert_eq!(value("record.oom_score_adj"), standing.oom_score_adj.unwrap().to_string());
    assert_eq!(value("record.lock_memory"), standing.lock_memory.to_string());
    assert_eq!(value("record.budget"), format!("{DEFAULT_BUDGET_PCT}%"));
    let keep = Keep::default();
    assert_eq!(time("keep.keep"), keep.raw);
    assert_eq!(time("keep.keep_process"), keep.process);
    assert_eq!(time("keep.keep_1m"), keep.minute);
    assert_eq!(time("keep.keep_1h"), keep.hour);
}

#[test]
fn an_option_weighs_more_than_a_variable_and_that_more_than_the_file() {
    let dir = file(
        "[record]\nsync = \"tick\"\nbudget = 2\n\n[keep]\nkeep = \"30d\"\n[collect.cgroup]\ninterval = \"5s\"\n",
    );
    let show = |words: &[&str]| {
        let words = [&["config", "show"], words].concat();
        shown(config(&dir, &words).env("SYSRAY_BUDGET", "3%").env("SYSRAY_COLLECT_CGROUP_INTERVAL", "10s"))
    };
    let rows = show(&["--sync", "off"]);
    let path = dir.path().join("sysray.toml").display().to_string();
    let is = |key: &str, value: &str, from: &str| {
        assert_eq!(rows[key], (value.to_string(), from.to_string()), "{key}");
    };
    is("record.sync", "off", "--sync");
    is("record.budget", "3%", "SYSRAY_BUDGET");
    is("collect.cgroup.interval", "10s", "SYSRAY_COLLECT_CGROUP_INTERVAL");
    is("keep.keep", "30d", &format!("{path}:6"));
    // Whoever says how long rows are kept means those of processes too.
    is("keep.keep_process", "30d", &format!("{path}:6"));
    is("record.interval", "1s", "default");
    assert_eq!(show(&[])["record.sync"].0, "tick");
}

#[test]
fn what_is_shown_as_a_file_says_the_same() {
    let dir = file(
        "[record]\nnice = \"none\"\nbudget = \"0.5%\"\n[keep]\nmax_size = 104857600\n[collect.process]\npss = true\n",
    );
    let text = config(&dir, &["config", "show", "--format", "toml", "--keep", "7d", "--store", "/srv/here"])
        .prints();
    let again = shown(config(&file(&text), &["config", "show"]));
    let value = |key: &str| again[key].0.as_str();
    assert_eq!(
        ["record.nice", "record.budget", "keep.max_size", "collect.process.pss", "keep.keep"].map(value),
        ["none", "0.5%", "104857600", "true", "7d"]
    );
    assert!(Path::new(value("store")).ends_with("here"), "{}", value("store"));
}

#[test]
fn every_mistake_has_its_line_and_the_way_out() {
    for (text, told) in [
        (
            "[record]\n\nintervall = \"1s\"",
            r#":3: unknown key "intervall" in [record]; did you mean "interval"?"#,
        ),
        (
            "[record]\nkeep_1m = \"1d\"",
            r#":2: unknown key "keep_1m" in [record]; "keep_1m" is a key of [keep]"#,
        ),
        ("interval = \"1s\"", r#":1: unknown key "interval"; "interval" is a key of [record]"#),
        (
            "[record]\nstore = \"/x\"",
            r#":2: unknown key "store" in [record]; "store" stands before the first [table]"#,
        ),
        ("[keep]\nmax-size = \"2GiB\"", r#":2: unknown key "max-size" in [keep]; did you mean "max_size"?"#),
        (
            "[collect.disks]\ninterval = \"2s\"",
            ":1: unknown table [collect.disks]; did you mean [collect.disk]?",
        ),
        ("[recrod]\ninterval = \"2s\"", ":1: unknown table [recrod]; did you mean [record]?"),
        ("record = 5", ":1: record is a table: write [record], and its keys below"),
        (
            "[record]\ninterval = 10",
            r#":2: interval in [record]: a time is wanted with its unit, such as "10s""#,
        ),
        ("[record]\ninterval = \"soon\"", ":2: interval in [record]: "),
        (
            "[record]\nlock_memory = \"yes\"",
            r#":2: lock_memory in [record]: true or false is wanted, not the text "yes""#,
        ),
        (
            "[record]\nnice = \"5\"",
            r#":2: nice in [record]: a whole number without quotes, or "none", is wanted, not the text "5""#,
        ),
        ("[record]\nnice = -21", ":2: nice in [record]: a nice value from -20 to 19 is wanted, or none"),
        (
            "[record]\nthreads = \"nginx,systemd-journald\"",
            ":2: threads in [record]: the kernel keeps 15 bytes of a name, as process.comm shows it: systemd-journal",
        ),
        (
            "[record]\nthreads = \"nginx,,7\"",
            ":2: threads in [record]: names of programs or pids are wanted, with commas between them",
        ),
        ("[record]\nthreads = \"0\"", ":2: threads in [record]: 0 is no pid"),
        ("[record]\nbudget = 0", ":2: budget in [record]: a share of one CPU is wanted"),
        (
            "[record]\nsync = [\"5s\"]",
            ":2: sync in [record]: a time in quotes, such as \"10s\", is wanted, not a list",
        ),
        ("store = \"demo\"", r#":1: store: a path that begins with / is wanted, not "demo""#),
        (
            "[collect.disk]\ninterval = \"500ms\"",
            ": interval in [collect.disk]: 500ms is less than the time between two samples, 1s (default)",
        ),
        ("[record]\ninterval = \"1s\"\ninterval = \"2s\"", ":3: "),
        ("[record\n", ":1: "),
    ] {
        let said = mistakes(text);
        assert_eq!(said.len(), 1, "{text}: {said:#?}");
        assert!(said[0].contains(told), "{text}: {}", said[0]);
    }
}

#[test]
fn a_file_that_is_none_is_one_line() {
    assert!(mistakes(b"[record]\n# \xff\n")[0].ends_with(":2: this line is no UTF-8"));
    assert!(mistakes("#".repeat(70_000))[0].contains("larger than 64 KiB"));
    let dir = TempDir::new().unwrap();
    let (code, said) = Sysray::new(&["record", "-c", "1", "--config"]).arg(dir.path()).fails();
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    let (code, said) = Sysray::new(&["record", "-c", "1", "--config", "/nowhere/sysray.toml"]).fails();
    assert_eq!((code, &*said), (2, "sysray: /nowhere/sysray.toml: there is no such file\n"));
}

#[test]
fn all_mistakes_are_told_by_check_and_the_first_by_others() {
    let text = "[record]\nintervall = 1\nsync = 5\n[keep]\nkeep = true\n";
    assert_eq!(mistakes(text).len(), 3);
    let dir = file(text);
    let (code, said) = config(&dir, &["store", "status"]).fails();
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    assert!(said.contains(":2: unknown key") && said.contains("2 more; see `sysray config check`"), "{said}");
    let (code, said) = Sysray::new(&["record", "-c", "1"]).env("SYSRAY_INTERVAL", "soon").fails();
    assert!(code == 2 && said.starts_with("sysray: SYSRAY_INTERVAL: "), "{code} {said}");
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_for_this_user_is_told_and_one_that_is_nowhere_is_fine() {
    use std::os::unix::fs::PermissionsExt;
    let dir = file("");
    fs::create_dir(dir.path().join("sysray")).unwrap();
    fs::rename(dir.path().join("sysray.toml"), dir.path().join("sysray/sysray.toml")).unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(dir.path().join("sysray/sysray.toml"), fs::Permissions::from_mode(0o0)).unwrap();
    // An empty variable names no file, so that the places are looked at.
    let check = |home: &Path| {
        Sysray::new(&["config", "check"]).env("SYSRAY_CONFIG", "").env("XDG_CONFIG_HOME", home).by_nobody()
    };
    let (code, said) = check(dir.path()).fails();
    assert!(code == 2 && said.contains("this user may not read it"), "{code} {said}");
    if !Path::new("/etc/sysray/sysray.toml").exists() {
        let said = check(Path::new("/nowhere")).prints();
        assert!(said.contains("/nowhere/sysray/sysray.toml and /etc/sysray/sysray.toml"), "{said}");
    }
}

#[test]
fn a_recording_goes_where_the_file_says_and_as_it_says() {
    let dir = TempDir::new().unwrap();
    let store = dir.path().join("store");
    let text = format!(
        "store = {:?}\n[record]\ninterval = \"50ms\"\n[keep]\nkeep = \"2d\"\n",
        store.display().to_string()
    );
    let given = file(&text);
    config(&given, &["record", "-c", "3"]).prints();
    assert_eq!(super::made::ticks(&store, "system").unwrap().len(), 3);
    let said = config(&given, &["store", "status"]).prints();
    assert!(said.contains(&store.display().to_string()), "{said}");
    // The child of a recorder goes by what the recorder said, whatever has become of the file.
    fs::write(given.path().join("sysray.toml"), "nonsense").unwrap();
    let host = fs::read_dir(store.join("system")).unwrap().next().unwrap().unwrap().file_name();
    let host = host.to_string_lossy().trim_start_matches("host=").to_string();
    config(&given, &["store", "maintain", "--host", &host]).store(&store).prints();
    let (code, _) = config(&given, &["store", "compact"]).store(&store).fails();
    assert_eq!(code, 2);
}

#[test]
fn help_says_the_defaults_that_hold() {
    let help = Sysray::new(&["record", "--help"]).prints();
    let rows = shown(Sysray::new(&["config", "show"]));
    for (key, flag) in
        [("record.interval", "--interval"), ("record.sync", "--sync"), ("keep.keep", "--keep <")]
    {
        let about = help.split(flag).nth(1).unwrap();
        let default = about.split("[default: ").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
        assert_eq!(default, rows[key].0, "{flag}");
    }
}
