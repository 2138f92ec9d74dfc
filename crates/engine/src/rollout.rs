//! Several services in order: a failed one stops those that come after it, and nothing else.

use std::collections::BTreeSet;

use limosa_project::{Service, service_order};
use limosa_syntax::Diagnostic;

/// The services of a project, in the order in which they are migrated.
#[derive(Debug)]
pub struct Rollout<'p> {
    services: &'p [Service],
    order: Vec<usize>,
    /// For each service, those that must have succeeded before it.
    needs: Vec<Vec<usize>>,
    failed: BTreeSet<usize>,
}

impl<'p> Rollout<'p> {
    /// Forward: each service after those that its `after` names.
    ///
    /// # Errors
    /// A circle, or an `after` that names no service.
    pub fn forward(services: &'p [Service]) -> Result<Self, Diagnostic> {
        let needs = services
            .iter()
            .map(|service| {
                service.after.iter().filter_map(|name| services.iter().position(|other| other.name == *name)).collect()
            })
            .collect();
        Ok(Self { services, order: service_order(services)?, needs, failed: BTreeSet::new() })
    }

    /// Backward: each service after those that come after it.
    ///
    /// # Errors
    /// As [`Rollout::forward`].
    pub fn backward(services: &'p [Service]) -> Result<Self, Diagnostic> {
        let mut rollout = Self::forward(services)?;
        let mut reversed = vec![Vec::new(); services.len()];
        for (service, needs) in rollout.needs.iter().enumerate() {
            for need in needs {
                reversed[*need].push(service);
            }
        }
        rollout.needs = reversed;
        rollout.order.reverse();
        Ok(rollout)
    }

    /// The services in order, as positions in the project's list.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        self.order.clone()
    }

    /// The service that failed, or was itself stopped, and for want of which this one is not begun.
    #[must_use]
    pub fn stopped_by(&self, service: usize) -> Option<&'p Service> {
        self.needs[service].iter().find(|need| self.failed.contains(need)).map(|need| &self.services[*need])
    }

    /// Notes that a service did not succeed, or was not begun.
    pub fn did_not_succeed(&mut self, service: usize) {
        self.failed.insert(service);
    }
}
