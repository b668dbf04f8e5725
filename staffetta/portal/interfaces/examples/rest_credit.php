<?php
$call = curl_init("@URL@/api/v1/credit");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => ["Authorization: Bearer " . @KEY@],
]);
echo json_decode(curl_exec($call), true)["available"], "\n";
