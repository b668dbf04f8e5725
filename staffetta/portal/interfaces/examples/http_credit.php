<?php
$call = curl_init("@URL@/http/get_credit");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_POSTFIELDS => http_build_query(["authlogin" => "@LOGIN@", "authpasswd" => @PASSWORD@]),
]);
echo curl_exec($call), "\n";
