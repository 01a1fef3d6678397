//! What is told of network namespaces other than the recorder's own.

use super::rights::{SYS_ADMIN, SYS_PTRACE};
use super::{Asking, Finding, known, partly};

pub(super) fn findings(asking: &mut Asking) -> Vec<Finding> {
    const WHAT: &str = "other network namespaces, as of containers";
    if !asking.evidence.is_known("process.netns") && !asking.rights.has(&SYS_PTRACE) {
        let why = "which processes are in one is shown to the owner and to those who may trace: network has no rows of the rest";
        return vec![partly(WHAT, why, asking.rights.way_to(&[&SYS_PTRACE]))];
    }
    let (interfaces, described) = asking.evidence.interfaces_elsewhere;
    if interfaces == described {
        return vec![known(WHAT)];
    }
    let why = format!(
        "they cannot be entered: of {} interfaces there network has the counters alone, and listen no socket there",
        interfaces - described
    );
    let remedy = match asking.rights.has(&SYS_ADMIN) {
        true => "that a sandbox does not refuse setns(2) (RestrictNamespaces= for a service)".into(),
        false => asking.rights.way_to(&[&SYS_ADMIN]),
    };
    vec![partly(WHAT, why, remedy)]
}
