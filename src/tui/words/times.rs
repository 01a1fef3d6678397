//! What is wrong with a time that was typed.

use crate::schema::Lang;
use crate::time::TimeError;

/// As `time` says it, or the same in French.
pub fn wrong(error: &TimeError, lang: Lang) -> String {
    if lang == Lang::En {
        return error.to_string();
    }
    match error {
        TimeError::Unreadable(text) => {
            format!(
                "{text} n'est pas un instant ; écrivez par exemple 14:05, '2026-11-22 14:05' ou '10 min ago'"
            )
        }
        TimeError::NoSuchTime(text) => format!(
            "{text} : cette date ou cette heure n'existe pas ; écrivez par exemple 2026-11-22 ou \
             2026-11-22T14:05:30Z"
        ),
        TimeError::OutOfRange(text) => {
            format!("{text} sort des années 0 à 9999 ; écrivez par exemple yesterday, 3d2h ou @1795363911")
        }
        TimeError::NoRecording(text) => {
            format!(
                "{text} se compte depuis un enregistrement, et il n'y en a pas ; écrivez now, 14:05 ou 10m"
            )
        }
        TimeError::NoBegin(text) => {
            format!("{text} se compte depuis un début, et il n'y en a pas ; écrivez 10m, now ou start+5m")
        }
        TimeError::NoDuration(text) => {
            format!("{text} n'est pas une durée ; écrivez par exemple 500ms, 10m ou 1h30m")
        }
        TimeError::Reversed { begin, from, end, to } => {
            format!("la plage commence à {from} ({begin}), après sa fin à {to} ({end})")
        }
    }
}
