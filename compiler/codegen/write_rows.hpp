#pragma once

#include <string>

#include "codegen/tables.hpp"
#include "select/plan.hpp"

namespace mote {

/// The region that begins with the node; null when none does.
const RowRegion* region_at(const Plan& plan, std::size_t node);

/// The region whose rows the user delivers; null when there is none.
const RowRegion* fed_region(const Plan& plan);

/// What a region's tensors are, as descriptors T<tensor>.
std::string row_descriptors(const Plan& plan, const RowRegion& region);

/// The statements of Model::run() that run a region.
std::string write_region(const Plan& plan, const RowRegion& region, Tables& tables);

/// The statements of Model::feed_row() that take one row in, up to where the region is complete. Its states are `rows_`, by tensor.
std::string write_fed_region(const Plan& plan, const RowRegion& region, Tables& tables);

}  // namespace mote
