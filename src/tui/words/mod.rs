//! What the program says on the screen, in each language. A word without one of them does not compile.

pub use crate::schema::Lang;

/// A text in English and in French.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub en: &'static str,
    pub fr: &'static str,
}

impl Word {
    /// The text in a language.
    pub fn in_lang(self, lang: Lang) -> &'static str {
        lang.of(self.en, self.fr)
    }
}

macro_rules! words {
    ($($name:ident: $en:literal, $fr:literal;)*) => {
        $(pub const $name: Word = Word { en: $en, fr: $fr };)*
        /// All of them, by name.
        pub const ALL: &[(&str, Word)] = &[$((stringify!($name), $name)),*];
    };
}

pub mod commands;
pub mod fields;
pub mod heads;
mod times;

pub use times::wrong;

/// All words, by name.
pub fn all() -> impl Iterator<Item = &'static (&'static str, Word)> {
    ALL.iter().chain(heads::ALL).chain(commands::ALL)
}

/// In a language what is told elsewhere in English, where it is one of these words.
pub fn said(text: &str, lang: Lang) -> &str {
    all().find(|(_, word)| word.en == text).map_or(text, |(_, word)| word.in_lang(lang))
}

/// The text with its `{}` filled in, one after the other.
pub fn filled(text: &str, parts: &[&str]) -> String {
    parts.iter().fold(text.to_string(), |text, part| text.replacen("{}", part, 1))
}

/// The days of the week, from Monday on.
pub const DAYS: [Word; 7] = [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY];

words! {
    KEYS_TIME: "Through time", "Dans le temps";
    KEYS_PANELS: "Panels", "Panneaux";
    KEYS_ROWS: "Rows", "Lignes";
    KEYS_OTHER: "Other", "Divers";
    K_BACK: "one sample back", "un échantillon en arrière";
    K_ON: "one sample on", "un échantillon en avant";
    K_BACK_TEN: "ten samples back", "dix échantillons en arrière";
    K_ON_TEN: "ten samples on", "dix échantillons en avant";
    K_SCREEN_BACK: "a screen back", "un écran en arrière";
    K_SCREEN_ON: "a screen on", "un écran en avant";
    K_START: "to the start", "au début";
    K_LIVE: "to the end, and live", "à la fin, en direct";
    K_JUMP: "jump: 14:05, yesterday 9:00, -15m, start+1h", "aller à : 14:05, yesterday 9:00, -15m, start+1h";
    K_JUMP_ON: "jump on by a length of time", "avancer d'une durée";
    K_JUMP_BACK: "jump back by a length of time", "reculer d'une durée";
    K_NEXT_MARK: "next event or anomaly", "événement ou anomalie qui suit";
    K_PREVIOUS_MARK: "previous event or anomaly", "événement ou anomalie qui précède";
    K_PLAY: "play, pause", "lecture, pause";
    K_FASTER: "play faster", "lecture plus rapide";
    K_SLOWER: "play slower", "lecture plus lente";
    K_FREEZE: "freeze, thaw", "figer, reprendre";
    K_MARK_BEGIN: "range begins here", "la plage commence ici";
    K_MARK_END: "range ends here", "la plage finit ici";
    K_ENTER: "zoom into the range; else open the row", "agrandir la plage ; sinon ouvrir la ligne";
    K_OUT: "out of the zoom", "quitter l'agrandissement";
    K_CLOSER: "closer around the cursor", "agrandir autour du curseur";
    K_HEADLINE: "next graph on the strip", "autre courbe sur la bande";
    K_QUESTION: "ask in SQL, or @top-cpu n=5; ←→ scroll wide answers", "demander en SQL, ou @top-cpu n=5 ; ←→ défilent les larges réponses";
    K_NEXT_PANEL: "next panel", "panneau suivant";
    K_PREVIOUS_PANEL: "previous panel", "panneau précédent";
    K_FULL: "this panel alone, and back", "ce panneau seul, et retour";
    K_LOGS: "logs around the cursor", "journaux autour du curseur";
    K_ADD_LOG: "add a log file or pattern", "ajouter un fichier journal ou un motif";
    K_ERRORS_ONLY: "only errors in logs", "seulement les erreurs des journaux";
    K_ROW_UP: "row up", "ligne plus haut";
    K_ROW_DOWN: "row down", "ligne plus bas";
    K_ROW_FIRST: "first row", "première ligne";
    K_ROW_LAST: "last row", "dernière ligne";
    K_FILTER: "filter: text, user: cgroup: state:", "filtrer : texte, user: cgroup: state:";
    K_FILTER_USER: "filter by user", "filtrer par utilisateur";
    K_SORT_NEXT: "sort by the next column", "trier par la colonne suivante";
    K_SORT_BACK: "sort the other way round", "inverser le tri";
    K_SORT_CPU: "processes by CPU", "processus par CPU";
    K_SORT_MEMORY: "processes by memory", "processus par mémoire";
    K_SORT_DISK: "processes by disk", "processus par disque";
    K_SORT_WAIT: "processes by waiting for a CPU", "processus par attente du CPU";
    K_TREE: "as a tree", "en arbre";
    K_FULL_COMMAND: "full command lines", "lignes de commande complètes";
    K_FOLLOW: "keep this row in sight", "garder cette ligne en vue";
    K_HELP: "help; again: the glossary", "aide ; encore : le glossaire";
    K_COMMAND: "command: panel, lang, theme, until, host", "commande : panneau, lang, theme, until, host";
    K_COMPACT: "compact or detailed", "compact ou détaillé";
    K_COLOURS: "next colours", "autres couleurs";
    K_LANGUAGE: "French or English", "français ou anglais";
    K_EXPORT: "export the range", "exporter la plage";
    K_REPORT: "report of the range", "rapport sur la plage";
    K_COPY: "copy this panel's SQL", "copier le SQL de ce panneau";
    K_CLOSE: "close, clear", "fermer, effacer";
    K_QUIT: "quit", "quitter";
    PRESET_OVERVIEW: "Overview", "Vue d'ensemble";
    PRESET_IO: "I/O", "E/S";
    PRESET_NETWORK: "Network", "Réseau";
    PRESET_PROCESS: "Processes", "Processus";
    PRESET_PRESSURE: "Pressure", "Pression";
    PRESET_FULL: "Everything", "Tout";
    PRESET_PRESSURE_PLUS: "Pressure+", "Pression+";
    PRESET_NETWORK_PLUS: "Network+", "Réseau+";
    PRESET_JVM_PLUS: "JVM+", "JVM+";
    PRESET_DISK_PLUS: "Disk+", "Disques+";
    PRESET_INVENTORY_PLUS: "Inventory+", "Inventaire+";
    CPU: "CPU", "CPU";
    MEMORY: "Memory", "Mémoire";
    DISK: "Disks", "Disques";
    FILESYSTEM: "File systems", "Systèmes de fichiers";
    NETWORK: "Network", "Réseau";
    PROTOCOL: "TCP and UDP", "TCP et UDP";
    LISTEN: "Listening sockets", "Sockets en écoute";
    PRESSURE: "Pressure", "Pression";
    CGROUP: "Cgroups", "Cgroups";
    PROCESS: "Processes", "Processus";
    JAVA: "Java processes", "Processus Java";
    EXITS: "Ended processes", "Processus terminés";
    EVENTS: "Events", "Événements";
    RECORDER: "Recorder", "Enregistreur";
    HOST: "Host", "Hôte";
    HISTORY: "Course", "Historique";
    QUESTION: "SQL", "SQL";
    LOGS: "Logs", "Journaux";
    GLOSSARY: "Glossary", "Glossaire";
    HELP: "Keys", "Touches";
    LIVE: "LIVE", "DIRECT";
    PAUSED: "PAUSED", "PAUSE";
    FROZEN: "FROZEN", "FIGÉ";
    PLAYING: "PLAYING", "LECTURE";
    REPLAY: "REPLAY", "RELECTURE";
    NOTHING_YET: "nothing recorded yet", "rien d'enregistré pour l'instant";
    NOTHING_HERE: "nothing recorded of it at this time", "rien d'enregistré là-dessus à cet instant";
    NO_SUCH_TABLE: "the file has no table {}", "le fichier n'a pas de table {}";
    NO_ROWS: "no rows", "aucune ligne";
    NONE_MATCHES: "nothing matches the filter; Esc clears it", "rien ne correspond au filtre ; Échap l'efface";
    LOADING: "reading", "lecture en cours";
    OF: "of", "sur";
    NO_MORE_MARKS: "no event or anomaly beyond", "ni événement ni anomalie au-delà";
    RANGE_BEGINS: "range begins at {}: ] marks its end", "la plage commence à {} : ] marque sa fin";
    RANGE_ENDS: "range ends at {}: [ marks its beginning", "la plage finit à {} : [ marque son début";
    RANGE_SET: "range marked: Enter zooms, E exports, R reports", "plage marquée : Entrée agrandit, E exporte, R rapporte";
    RANGE_EMPTY: "the range ends before it begins", "la plage finit avant de commencer";
    COPIED: "SQL copied", "SQL copié";
    NO_SQL: "no question is behind this panel", "aucune question derrière ce panneau";
    AS_OF: "as of", "relevé de";
    OUTSIDE: "outside of the recording: this is its", "hors de l'enregistrement : en voici";
    ITS_BEGIN: "beginning", "le début";
    ITS_END: "end", "la fin";
    NOT_FOUND: "it does not hold anywhere there", "nulle part vrai par là";
    UNKNOWN_COMMAND: "no such command; : with help lists them", "commande inconnue ; : suivi de help les énumère";
    COMMANDS: "Commands", "Commandes";
    THEMES: "theme is one of: {}", "theme attend un de ces noms : {}";
    LANGUAGES: "lang is one of: {}", "lang attend un de ces noms : {}";
    NOW_OF: "{} now {} of {}", "{} ici {} sur {}";
    UP_TO: "{} up to {}", "{} jusqu'à {}";
    SORTED_INSTEAD: "({} unknown: by {})", "({} inconnu : par {})";
    NO_SUCH_COLUMN: "no such column here", "pas de telle colonne ici";
    NO_SUCH_HOST: "no such host in this store", "pas de tel hôte dans ce dépôt";
    CHANGED: "files were merged or removed meanwhile; read anew", "des fichiers ont été fusionnés ou supprimés ; relecture faite";
    P_JUMP: "go to", "aller à";
    P_JUMP_ON: "on by", "avancer de";
    P_JUMP_BACK: "back by", "reculer de";
    P_FILTER: "filter", "filtre";
    P_USER: "user", "utilisateur";
    P_COMMAND: ":", ":";
    P_LOG: "log file or pattern", "fichier journal ou motif";
    P_EXPORT: "export into", "exporter vers";
    P_QUESTION: "SQL", "SQL";
    P_SEARCH: "search", "chercher";
    CORES: "CPUs over time", "CPU dans le temps";
    LATENCY: "latency", "latence";
    READ: "read", "lu";
    READ_SHORT: "rd", "lu";
    WRITTEN_SHORT: "wr", "écr";
    WRITTEN: "written", "écrit";
    RECEIVED: "received", "reçu";
    SENT: "sent", "envoyé";
    LOAD: "load", "charge";
    TASKS: "running {}  blocked {}", "actives {}  bloquées {}";
    HINTS: "? help  b jump  {} next event  Space play  1-6 views  / filter  q quit", "? aide  b aller  {} suivant  Espace lecture  1-6 vues  / filtre  q quitter";
    HINTS_HELP: "↑↓ scroll  / search  ? next page  Esc close", "↑↓ défiler  / chercher  ? page suivante  Échap fermer";
    TYPE_QUESTION: "Enter asks; Esc goes back", "Entrée demande ; Échap revient";
    NO_QUESTION: "Q or F11 asks a question in SQL", "Q ou F11 pose une question en SQL";
    NO_HISTORY: "Enter on a process or cgroup shows its course here", "Entrée sur un processus ou un cgroup en montre ici l'historique";
    NO_LOGS: "nothing logged around this time; L adds a file", "rien de journalisé à cet instant ; L ajoute un fichier";
    NO_JAVA: "no Java process at this time", "aucun processus Java à cet instant";
    NO_EVENTS: "no events in the range on the strip", "aucun événement dans la plage affichée";
    KEY_SPACE: "Space", "Espace";
    KEY_PAGE_UP: "PgUp", "PgPréc";
    KEY_PAGE_DOWN: "PgDn", "PgSuiv";
    KEY_HOME: "Home", "Début";
    KEY_END: "End", "Fin";
    KEY_ENTER: "Enter", "Entrée";
    KEY_DELETE: "Del", "Suppr";
    KEY_ESCAPE: "Esc", "Échap";
    COLON: ": ", " : ";
    MONDAY: "Mon", "lun.";
    TUESDAY: "Tue", "mar.";
    WEDNESDAY: "Wed", "mer.";
    THURSDAY: "Thu", "jeu.";
    FRIDAY: "Fri", "ven.";
    SATURDAY: "Sat", "sam.";
    SUNDAY: "Sun", "dim.";
    NOT_KEPT: "not kept: `sysray record` keeps", "non conservé ; `sysray record` conserve";
    CPU_LINE: "{} %  iowait {} %  steal {} %", "{} %  attente E/S {} %  volé {} %";
    MEMORY_LINE: "{} %  free {}  swap {}", "{} %  libre {}  échange {}";
    PRESSURE_LINE: "cpu {} %  memory {} %  io {} %", "cpu {} %  mémoire {} %  E/S {} %";
    RAM: "RAM", "RAM";
    SWAP: "SWAP", "ÉCH.";
    BUSY: "busy", "occupés";
    MODE_USER: "user", "utilisateur";
    MODE_NICE: "nice", "nice";
    MODE_SYSTEM: "system", "système";
    MODE_IRQ: "irq", "irq";
    MODE_SOFTIRQ: "softirq", "softirq";
    MODE_IOWAIT: "iowait", "attente E/S";
    MODE_STEAL: "steal", "volé";
    MODE_GUEST: "guest", "invité";
    RUNNING: "running", "actives";
    BLOCKED: "blocked", "bloquées";
    SWITCHES: "switches/s", "commutations/s";
    INTERRUPTS: "interrupts/s", "interruptions/s";
    FORKS: "forks/s", "créations/s";
    ANOMALY: "anomaly", "anomalie";
    THROTTLED: "throttled", "freiné";
    MEDIAN: "median", "médiane";
    INTERRUPTED: "interrupted", "interrompu";
    WRITING: "writing", "écriture";
    STILL_WRITING: "something is still being written: q again leaves it unfinished, Esc stops it", "une écriture est en cours : q encore l'abandonne, Échap l'arrête";
    ROWS_WRITTEN: "{}: {} rows of {}", "{} : {} lignes de {}";
    ANSWER_WRITTEN: "{}: {} rows of the answer", "{} : {} lignes de la réponse";
    STORE_WRITTEN: "{}: {} rows in {} files", "{} : {} lignes dans {} fichiers";
    REPORT_WRITTEN: "report: {}", "rapport : {}";
    THERE_ALREADY: "{} is there already", "{} existe déjà";
    ONE_STORE: "a store is cut out of one store; `sysray store cut` takes each", "un dépôt s'extrait d'un seul dépôt ; `sysray store cut` prend chacun";
    NO_SUCH_FILE: "no such file", "aucun fichier de ce nom";
    NO_REGULAR_FILE: "no regular file", "pas un fichier ordinaire";
    NOT_ALLOWED: "may not be read", "lecture interdite";
}
