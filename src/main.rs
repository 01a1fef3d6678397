//! The `sysray` program: hands its arguments to `cli` and its verdict to the shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    sysray::cli::main()
}
