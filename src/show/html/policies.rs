//! The policies that a bill was made under.

use maud::{Markup, html};

use crate::reference::{Policies, PolicyEntry};

/// Every policy with its value; what differs from the default is marked.
pub fn table(policies: &Policies) -> Markup {
    html! {
        div.scroll role="region" aria-label="Policies in force" tabindex="0" {
            table.policies {
                thead { tr { th scope="col" { "Policy" } th scope="col" { "In force" } th scope="col" { "Default" } th scope="col" { "What it decides" } } }
                tbody {
                    @for entry in PolicyEntry::all() {
                        @let value = policies.value(&entry.name).unwrap_or_default();
                        tr {
                            td.code { (entry.name) }
                            @if value == entry.default { td { (value) } } @else { td.changed { (value) " (changed)" } }
                            td { (entry.default) }
                            td { (entry.question) }
                        }
                    }
                }
            }
        }
    }
}
