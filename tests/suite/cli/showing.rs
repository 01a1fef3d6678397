//! What this host and the program show without a recording.

use super::Sysray;

#[test]
fn a_snapshot_is_one_true_interval() {
    let shown = Sysray::new(&["snapshot", "-i", "300ms"]).prints();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let interval = shown["cpu"][0]["interval_us"].as_i64().unwrap();
    assert!(interval >= 290_000, "{interval}");
    let row = &shown["cpu"][0];
    let modes = ["user_us", "nice_us", "system_us", "idle_us", "iowait_us"];
    assert!(modes.iter().map(|m| row[m].as_i64().unwrap()).sum::<i64>() > 0);
    let own = shown["process"].as_array().unwrap().iter().filter(|p| p["comm"] == "sysray");
    assert!(own.count() >= 1);
}

#[test]
fn the_schema_can_be_read() {
    assert!(Sysray::new(&["schema"]).prints().contains("cpu_core"));
    assert!(Sysray::new(&["schema", "cpu"]).prints().contains("iowait_us"));
    let json = Sysray::new(&["schema", "cpu", "--format", "json"]).prints();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.as_array().unwrap().iter().any(|c| c["column"] == "busy_pct"));
}
