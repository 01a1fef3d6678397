//! How the program is linked on Linux with the GNU C library.

/// Where the functions that a recorder runs are named.
const HOT_CODE: &str = "link/recorder.ld";
/// `none` has the linker put all code where it falls: for one that knows no linker scripts, as mold.
const LAYOUT: &str = "SYSRAY_LAYOUT";

/// To a fixed address: else the loader writes every address in it anew at each start, and with DataFusion in
/// it that made 12 MiB resident before `main`, of which a recorder uses nothing. And, of a release, with
/// what a recorder runs side by side: else it lies between all that the desk is made of.
pub fn program() {
    println!("cargo:rerun-if-changed={HOT_CODE}");
    println!("cargo:rerun-if-env-changed={LAYOUT}");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    if variable("CARGO_CFG_TARGET_OS") != "linux" || variable("CARGO_CFG_TARGET_ENV") != "gnu" {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-no-pie");
    if variable("PROFILE") == "release" && variable(LAYOUT) != "none" {
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{}/{HOT_CODE}", variable("CARGO_MANIFEST_DIR"));
    }
}
