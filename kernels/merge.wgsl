// Adds the partials of a finished batch to the run's and clears them for the next batch: a batch that is stopped
// half-way leaves no trace. No twin: the cpu backend adds only finished paths.

@group(0) @binding(0) var<storage, read_write> total: array<u32>;
@group(0) @binding(1) var<storage, read_write> batch: array<u32>;

override workgroup_size: u32 = 256u;

@compute @workgroup_size(workgroup_size)
fn merge(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let count = arrayLength(&total);
  for (var i = id.x; i < count; i += groups.x * workgroup_size) {
    total[i] += batch[i];
    batch[i] = 0u;
  }
}
