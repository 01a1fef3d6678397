//! Rules as they are written: each mistake has its line, and the way out.

use std::fs;

use tempfile::TempDir;

use crate::cli::Sysray;

/// What is wrong with a file of that text: the lines, without the file's name.
fn mistakes(text: &str) -> Vec<String> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("sysray.toml");
    fs::write(&path, text).unwrap();
    let (code, said) = Sysray::new(&["config", "check"]).arg(&path).fails();
    assert_eq!(code, 2, "{said}");
    let before = format!("sysray: {}", path.display());
    said.lines().map(|line| line.trim_start_matches(&before).to_string()).collect()
}

#[test]
fn every_mistake_in_a_rule_has_its_line_and_the_way_out() {
    const GOOD: &str = "when = \"filesystem.used_pct > 95\"\n";
    for (keys, told) in [
        (
            "when = \"filesystem.used_pc > 95\"",
            r#":2: when in [alert.data]: filesystem has no column "used_pc"; did you mean `used_pct`"#,
        ),
        (
            "when = \"filesystm.used_pct > 95\"",
            r#":2: when in [alert.data]: there is no table "filesystm"; did you mean `filesystem`?"#,
        ),
        (
            "when = \"filesystem.used_pct = 95\"",
            ":2: when in [alert.data]: write it as filesystem.used_pct > 95",
        ),
        ("when = \"used_pct > 95\"", ":2: when in [alert.data]: write it as filesystem.used_pct > 95"),
        (
            "when = \"filesystem.used_pct > 95MiB\"",
            ":2: when in [alert.data]: filesystem.used_pct is in percent: a number such as 95 or 95% is wanted",
        ),
        (
            "when = \"filesystem.free_bytes < 5%\"",
            ":2: when in [alert.data]: filesystem.free_bytes is in bytes: a size such as 500MiB is wanted",
        ),
        (
            "when = \"disk.latency_us > soon\"",
            ":2: when in [alert.data]: disk.latency_us is a time: one such as 500ms is wanted",
        ),
        (
            "when = \"system.processes > 5MiB\"",
            ":2: when in [alert.data]: system.processes is a plain number: one such as 5",
        ),
        (
            "when = \"filesystem.used_pct > nan\"",
            ":2: when in [alert.data]: filesystem.used_pct is in percent",
        ),
        (
            "when = \"filesystem.fstype > 5\"",
            ":2: when in [alert.data]: filesystem.fstype is no number; rows are chosen by it with `where`",
        ),
        ("when = \"event.until_ts > 5\"", ":2: when in [alert.data]: rows of event come as they come"),
        ("when = 95", ":2: when in [alert.data]: a text in quotes is wanted, not 95"),
        ("for = \"1m\"", ":1: [alert.data]: `when` is missing"),
        ("GOODwhere = \"mount like '/data'\"", ":3: where in [alert.data]: write it as mount = /data*"),
        (
            "GOODwhere = \"mont = /data\"",
            r#":3: where in [alert.data]: filesystem has no stored column "mont"; did you mean `mount`"#,
        ),
        ("GOODwhere = \"mount = '/data\"", ":3: where in [alert.data]: write it as mount = /data*"),
        (
            "GOODwhere = \"mount = /data or mount = /x\"",
            ":3: where in [alert.data]: write it as mount = /data*",
        ),
        ("GOODfor = 60", ":3: for in [alert.data]: a time is wanted with its unit, such as \"60s\""),
        ("GOODfor = \"2d\"", ":3: for in [alert.data]: at most a day is wanted"),
        ("GOODclear = 96", ":3: clear in [alert.data]: this is more than the 95 % of `when`"),
        ("GOODclear = \"90MiB\"", ":3: clear in [alert.data]: filesystem.used_pct is in percent"),
        (
            "when = \"filesystem.free_bytes < 5GiB\"\nclear = \"4GiB\"",
            ":3: clear in [alert.data]: this is less than the 5.0 GiB of `when`",
        ),
        ("GOODseverity = \"fatal\"", ":3: severity in [alert.data]: info, warning or critical is wanted"),
        (
            "GOODcommand = \"logger -t x\"",
            ":3: command in [alert.data]: a list of texts, such as [\"logger\", \"-t\", \"sysray\"], is wanted, not the text",
        ),
        (
            "GOODcommand = [\"logger\", 5]",
            ":3: command in [alert.data]: texts in quotes are wanted in the list, not 5",
        ),
        ("GOODcommand = []", ":3: command in [alert.data]: a program is wanted, and its arguments"),
        ("GOODcommand_timeout = \"0s\"", ":3: command_timeout in [alert.data]: a time longer than 0"),
        ("GOODenabled = \"no\"", ":3: enabled in [alert.data]: true or false is wanted, not the text \"no\""),
        ("GOODseverty = \"info\"", r#":3: unknown key "severty" in [alert.data]; did you mean "severity"?"#),
    ] {
        let said = mistakes(&format!("[alert.data]\n{}\n", keys.replace("GOOD", GOOD)));
        assert_eq!(said.len(), 1, "{keys}: {said:#?}");
        assert!(said[0].contains(told), "{keys}: {}", said[0]);
    }
}

#[test]
fn rules_stand_in_tables_of_their_own_with_names_that_can_be_typed() {
    for (text, told) in [
        (
            "[[alert]]\nwhen = \"system.processes > 1\"",
            ":1: alert is a table of rules: write [alert.NAME], and the keys of the rule below",
        ),
        (
            "[alert]\nwhen = \"system.processes > 1\"",
            r#":2: "when" in [alert] is no rule: write [alert.NAME]"#,
        ),
        (
            "[alert.\"a b\"]\nwhen = \"system.processes > 1\"",
            ":1: [alert.a b]: a name is made of letters, digits, _ and -",
        ),
        (
            "[alerts.data]\nwhen = \"system.processes > 1\"",
            ":1: unknown table [alerts]; did you mean [alert]?",
        ),
        ("[record]\nalerts = \"defaults\"", ":2: alerts in [record]: all, own or none is wanted"),
        // What a default has is left where a table of its name does not say otherwise.
        (
            "[alert.filesystem_full]\nclear = 99",
            ":2: clear in [alert.filesystem_full]: this is more than the 95 % of `when`",
        ),
    ] {
        let said = mistakes(text);
        assert!(said.len() == 1 && said[0].contains(told), "{text}: {said:#?}");
    }
    assert_eq!(mistakes("[alert.a]\nwhen = 5\nfor = 6\n[alert.b]\nclear = 1\n").len(), 3, "all are told");
}
