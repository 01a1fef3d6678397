//! What panels of one row call their numbers: in English by the columns' own names, in French by words of
//! their own.

use crate::schema::Lang;

/// French by the name of the column.
const FRENCH: &[(&str, &str)] = &[
    // memory
    ("total_bytes", "total"),
    ("used_bytes", "utilisée"),
    ("used_pct", "utilisée %"),
    ("available_bytes", "disponible"),
    ("free_bytes", "libre"),
    ("buffers_bytes", "tampons"),
    ("cached_bytes", "cache"),
    ("anon_bytes", "anonyme"),
    ("mapped_bytes", "projetée"),
    ("shmem_bytes", "partagée"),
    ("slab_bytes", "slab"),
    ("slab_reclaimable_bytes", "slab récupérable"),
    ("kernel_stack_bytes", "piles du noyau"),
    ("page_tables_bytes", "tables de pages"),
    ("dirty_bytes", "à écrire"),
    ("writeback_bytes", "en cours d'écriture"),
    ("unevictable_bytes", "inamovible"),
    ("mlocked_bytes", "verrouillée"),
    ("commit_limit_bytes", "limite d'engagement"),
    ("committed_bytes", "engagée"),
    ("swap_total_bytes", "échange total"),
    ("swap_used_bytes", "échange utilisé"),
    ("swap_used_pct", "échange utilisé %"),
    ("swap_cached_bytes", "échange en cache"),
    ("zswap_bytes", "zswap"),
    ("anon_huge_pages_bytes", "grandes pages anonymes"),
    ("huge_pages_total", "grandes pages"),
    ("huge_pages_free", "grandes pages libres"),
    ("minor_faults_per_s", "défauts mineurs/s"),
    ("major_faults_per_s", "défauts majeurs/s"),
    ("paged_in_bytes_per_s", "pages lues/s"),
    ("paged_out_bytes_per_s", "pages écrites/s"),
    ("swap_in_bytes_per_s", "échange lu/s"),
    ("swap_out_bytes_per_s", "échange écrit/s"),
    ("pages_scanned_kswapd_per_s", "examinées par kswapd/s"),
    ("pages_scanned_direct_per_s", "examinées directement/s"),
    ("pages_reclaimed_per_s", "récupérées/s"),
    ("allocation_stalls_per_s", "allocations bloquées/s"),
    ("compaction_stalls_per_s", "compactages bloqués/s"),
    ("refaults_file_per_s", "relectures de fichiers/s"),
    ("oom_kills", "tués faute de mémoire"),
    // protocol
    ("tcp_active_opens_per_s", "tcp ouvertures actives/s"),
    ("tcp_passive_opens_per_s", "tcp ouvertures passives/s"),
    ("tcp_attempt_fails_per_s", "tcp ouvertures échouées/s"),
    ("tcp_resets_in_per_s", "tcp resets reçus/s"),
    ("tcp_resets_out_per_s", "tcp resets émis/s"),
    ("tcp_segments_in_per_s", "tcp segments reçus/s"),
    ("tcp_segments_out_per_s", "tcp segments émis/s"),
    ("tcp_retransmits_per_s", "tcp retransmis/s"),
    ("tcp_retransmit_pct", "tcp retransmis %"),
    ("tcp_errors_in_per_s", "tcp erreurs reçues/s"),
    ("tcp_listen_overflows_per_s", "tcp files débordées/s"),
    ("tcp_listen_drops_per_s", "tcp connexions perdues/s"),
    ("tcp_syn_retransmits_per_s", "tcp syn retransmis/s"),
    ("tcp_timeouts_per_s", "tcp délais dépassés/s"),
    ("tcp_backlog_drops_per_s", "tcp pertes en attente/s"),
    ("udp_datagrams_in_per_s", "udp datagrammes reçus/s"),
    ("udp_datagrams_out_per_s", "udp datagrammes émis/s"),
    ("udp_no_ports_per_s", "udp sans port/s"),
    ("udp_errors_in_per_s", "udp erreurs reçues/s"),
    ("udp_receive_buffer_errors_per_s", "udp tampon de réception/s"),
    ("udp_send_buffer_errors_per_s", "udp tampon d'émission/s"),
    ("icmp_errors_in_per_s", "icmp erreurs reçues/s"),
    // socket
    ("sockets", "sockets"),
    ("tcp_in_use", "tcp utilisés"),
    ("tcp_orphan", "tcp orphelins"),
    ("tcp_time_wait", "tcp time wait"),
    ("tcp_memory_bytes", "tcp mémoire"),
    ("udp_in_use", "udp utilisés"),
    ("udp_memory_bytes", "udp mémoire"),
    ("raw_in_use", "raw utilisés"),
    ("tcp_established", "tcp établis"),
    ("tcp_syn_sent", "tcp syn émis"),
    ("tcp_syn_received", "tcp syn reçus"),
    ("tcp_fin_wait1", "tcp fin wait1"),
    ("tcp_fin_wait2", "tcp fin wait2"),
    ("tcp_close_wait", "tcp close wait"),
    ("tcp_last_ack", "tcp last ack"),
    ("tcp_closing", "tcp en fermeture"),
    ("tcp_listen", "tcp en écoute"),
    // host; its processors have sockets too
    ("hostname", "nom d'hôte"),
    ("os", "système"),
    ("os_version", "version du système"),
    ("kernel", "noyau"),
    ("architecture", "architecture"),
    ("cpu_model", "modèle de CPU"),
    ("cores", "cœurs"),
    ("threads", "fils matériels"),
    ("numa_nodes", "nœuds numa"),
    ("memory_bytes", "mémoire"),
    ("virtualisation", "virtualisation"),
    ("container_runtime", "conteneurs par"),
    ("clocksource", "source d'horloge"),
    ("governor", "gouverneur"),
    ("transparent_huge_pages", "grandes pages transparentes"),
    ("timezone", "fuseau horaire"),
    ("boot_time", "démarré"),
    ("sysray_version", "version de sysray"),
];

/// What a column is called; its unit stands in the value, or behind the name.
pub fn field(column: &str, lang: Lang) -> String {
    let french = FRENCH.iter().find(|(name, _)| *name == column).map(|(_, french)| (*french).to_string());
    match french.filter(|_| lang == Lang::Fr) {
        Some(french) => french,
        None => {
            let name = column.trim_end_matches("_bytes").trim_end_matches("_bytes_per_s");
            name.replace("_per_s", "/s").replace("_pct", " %").replace('_', " ")
        }
    }
}

/// Whether a column has a French word.
pub fn is_french(column: &str) -> bool {
    FRENCH.iter().any(|(name, _)| *name == column)
}
